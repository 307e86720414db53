"""The commands' bodies, one file a group; cli.py holds their names, options and help."""
