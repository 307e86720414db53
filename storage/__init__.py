"""All SQL: schema, migrations, the stores. Takes and returns values of monitor/; knows nothing of alerts/ or app/."""
