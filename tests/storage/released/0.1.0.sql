-- A database of version 0.1.0 (schema 0001), filled by its own stores; every value is made up.
BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE alerts (
	seq INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	recipient TEXT NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	development_id TEXT, 
	payload TEXT NOT NULL, 
	created_at VARCHAR(32) NOT NULL, 
	state VARCHAR(8) NOT NULL, 
	not_before VARCHAR(32), 
	lease_until VARCHAR(32), 
	attempts INTEGER NOT NULL, 
	sent_at VARCHAR(32), 
	last_error TEXT, 
	message_ref TEXT, 
	local_date DATE, 
	PRIMARY KEY (seq), 
	UNIQUE (id)
);
INSERT INTO "alerts" VALUES(1,'A-1','console','new',NULL,'{}','2026-03-01T12:00:00.000000+00:00','waiting',NULL,NULL,0,NULL,NULL,NULL,NULL);
CREATE TABLE articles (
	id TEXT NOT NULL, 
	entry_id INTEGER NOT NULL, 
	url TEXT, 
	outlet TEXT NOT NULL, 
	tier VARCHAR(16) NOT NULL, 
	title TEXT NOT NULL, 
	text TEXT NOT NULL, 
	published VARCHAR(32), 
	date_only BOOLEAN NOT NULL, 
	arrived VARCHAR(32) NOT NULL, 
	language TEXT, 
	relevant BOOLEAN NOT NULL, 
	reading TEXT NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (entry_id), 
	FOREIGN KEY(entry_id) REFERENCES entries (id)
);
INSERT INTO "articles" VALUES('a1',1,'https://paper.example/1','The Paper','press','Title 1','Ruritania will send troops.

Its minister said so.','2026-03-01T11:00:00.000000+00:00',0,'2026-03-01T12:01:00.000000+00:00',NULL,1,'{"relevant":true,"claims":[{"topic":"troops","subject":"DK","status":"pledged","evidence":"Ruritania will send troops.","start":0,"end":27,"number":null,"number_max":null,"counts":null,"components":[],"when":"current","speaker":null,"origin":null,"optional":false,"wording":null,"act":"statement","rule":"","why":[],"said_at":null,"official":false,"in_passing":false}],"skipped":null}');
INSERT INTO "articles" VALUES('a2',2,'https://paper.example/2','The Paper','press','Title 2','Ruritania will send troops.

Its minister said so.','2026-03-01T11:00:00.000000+00:00',0,'2026-03-01T12:02:00.000000+00:00',NULL,1,'{"relevant":true,"claims":[{"topic":"troops","subject":"DK","status":"pledged","evidence":"Ruritania will send troops.","start":0,"end":27,"number":null,"number_max":null,"counts":null,"components":[],"when":"current","speaker":null,"origin":null,"optional":false,"wording":null,"act":"statement","rule":"","why":[],"said_at":null,"official":false,"in_passing":false}],"skipped":null}');
CREATE TABLE development_articles (
	development_id TEXT NOT NULL, 
	article_id TEXT NOT NULL, 
	PRIMARY KEY (development_id, article_id), 
	FOREIGN KEY(development_id) REFERENCES developments (id)
);
INSERT INTO "development_articles" VALUES('D1','a1');
CREATE TABLE developments (
	seq INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	topic VARCHAR(16) NOT NULL, 
	subject VARCHAR(16) NOT NULL, 
	aspect TEXT NOT NULL, 
	minor BOOLEAN NOT NULL, 
	grade VARCHAR(16) NOT NULL, 
	disputed BOOLEAN NOT NULL, 
	taken_back BOOLEAN NOT NULL, 
	raised_at VARCHAR(32) NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	UNIQUE (id)
);
INSERT INTO "developments" VALUES(1,'D1','troops','DK','troops',0,'reported',0,0,'2026-03-01T12:00:00.000000+00:00','{"id":"D1","topic":"troops","subject":"DK","aspect":"troops","old":"open","new":"pledged","old_number":null,"new_number":null,"minor":false,"grade_at_first":"reported","grade":"reported","disputed":false,"taken_back":false,"published":"2026-03-01T12:00:00+00:00","raised_at":"2026-03-01T12:00:00+00:00","reports":[{"article_id":"a1","outlet":"The Paper","tier":"press","origin":"The Paper","url":null,"title":"Title","published":"2026-03-01T12:00:00+00:00","status":"pledged","evidence":"Ruritania will send troops.","start":0,"end":27,"number":null,"number_max":null,"speaker":null,"official":false,"copy_of":null,"document":null,"sha256":null,"wording":null}],"note":"","old_position":null,"new_position":null}');
CREATE TABLE entries (
	id INTEGER NOT NULL, 
	feed_id INTEGER NOT NULL, 
	"key" TEXT NOT NULL, 
	url TEXT NOT NULL, 
	content_key TEXT NOT NULL, 
	title TEXT NOT NULL, 
	published VARCHAR(32), 
	entry TEXT NOT NULL, 
	step VARCHAR(8) NOT NULL, 
	attempts INTEGER NOT NULL, 
	retry_at VARCHAR(32), 
	reason TEXT, 
	first_seen VARCHAR(32) NOT NULL, 
	done_at VARCHAR(32), 
	first_poll BOOLEAN NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(feed_id) REFERENCES feeds (id)
);
INSERT INTO "entries" VALUES(1,1,'guid-1','https://paper.example/1','content-1','Title 1','2026-03-01T11:00:00.000000+00:00','{"key":"guid-1","url":"https://paper.example/1","title":"Title 1","summary":"","published":"2026-03-01T11:00:00+00:00","updated":null,"content_key":"content-1","language":null}','done',0,NULL,NULL,'2026-03-01T12:00:00.000000+00:00','2026-03-01T12:00:00.000000+00:00',1);
INSERT INTO "entries" VALUES(2,1,'guid-2','https://paper.example/2','content-2','Title 2','2026-03-01T11:00:00.000000+00:00','{"key":"guid-2","url":"https://paper.example/2","title":"Title 2","summary":"","published":"2026-03-01T11:00:00+00:00","updated":null,"content_key":"content-2","language":null}','read',0,NULL,NULL,'2026-03-01T12:00:00.000000+00:00',NULL,1);
INSERT INTO "entries" VALUES(3,1,'guid-3','https://paper.example/3','content-3','Title 3','2026-03-01T11:00:00.000000+00:00','{"key":"guid-3","url":"https://paper.example/3","title":"Title 3","summary":"","published":"2026-03-01T11:00:00+00:00","updated":null,"content_key":"content-3","language":null}','new',0,NULL,NULL,'2026-03-01T12:00:00.000000+00:00',NULL,1);
CREATE TABLE feeds (
	id INTEGER NOT NULL, 
	url TEXT NOT NULL, 
	poll_url TEXT, 
	title TEXT NOT NULL, 
	outlet TEXT NOT NULL, 
	tier VARCHAR(16) NOT NULL, 
	language TEXT NOT NULL, 
	country TEXT, 
	interval_s INTEGER NOT NULL, 
	enabled BOOLEAN NOT NULL, 
	hand VARCHAR(8), 
	source TEXT, 
	etag TEXT, 
	last_modified TEXT, 
	body_hash TEXT, 
	next_poll_at VARCHAR(32), 
	polled_at VARCHAR(32), 
	ok_at VARCHAR(32), 
	newest_entry_at VARCHAR(32), 
	failures INTEGER NOT NULL, 
	last_error TEXT, 
	entries_seen INTEGER NOT NULL, 
	gone BOOLEAN NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (url)
);
INSERT INTO "feeds" VALUES(1,'https://paper.example/feed',NULL,'Paper','The Paper','press','en',NULL,900,1,NULL,NULL,NULL,NULL,NULL,'2026-03-01T12:15:00.000000+00:00','2026-03-01T12:00:00.000000+00:00','2026-03-01T12:00:00.000000+00:00',NULL,0,NULL,0,0);
CREATE TABLE held_back (
	id INTEGER NOT NULL, 
	article_id TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	at VARCHAR(32) NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "held_back" VALUES(1,'a1','same','2026-03-01T12:00:00.000000+00:00','{"article_id":"a1","topic":"troops","subject":"GB","aspect":"troops","status":"pledged","reason":"same","evidence":""}');
CREATE TABLE meta (
	name TEXT NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "meta" VALUES('caught_up_at','2026-03-01T12:00:00+00:00');
CREATE TABLE positions (
	id INTEGER NOT NULL, 
	topic VARCHAR(16) NOT NULL, 
	subject VARCHAR(16) NOT NULL, 
	aspect TEXT NOT NULL, 
	status VARCHAR(32) NOT NULL, 
	held_from VARCHAR(32) NOT NULL, 
	held_until VARCHAR(32), 
	value TEXT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "positions" VALUES(1,'troops','DK','troops','pledged','2026-03-01T12:00:00.000000+00:00',NULL,'{"topic":"troops","subject":"DK","aspect":"troops","status":"pledged","number":null,"number_max":null,"since":"2026-03-01T12:00:00+00:00","grade":"reported","reports":[{"article_id":"a1","outlet":"The Paper","tier":"press","origin":"The Paper","url":null,"title":"Title","published":"2026-03-01T12:00:00+00:00","status":"pledged","evidence":"Ruritania will send troops.","start":0,"end":27,"number":null,"number_max":null,"speaker":null,"official":false,"copy_of":null,"document":null,"sha256":null,"wording":null}],"development_id":null,"source":"news"}');
CREATE TABLE recipients_off (
	recipient TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	at VARCHAR(32) NOT NULL, 
	PRIMARY KEY (recipient)
);
CREATE TABLE sketches (
	value BIGINT NOT NULL, 
	article_id TEXT NOT NULL, 
	PRIMARY KEY (value, article_id)
);
INSERT INTO "sketches" VALUES(4294967248,'a1');
INSERT INTO "sketches" VALUES(4294967249,'a1');
INSERT INTO "sketches" VALUES(4294967250,'a1');
INSERT INTO "sketches" VALUES(4294967251,'a1');
INSERT INTO "sketches" VALUES(4294967252,'a1');
INSERT INTO "sketches" VALUES(4294967253,'a1');
INSERT INTO "sketches" VALUES(4294967254,'a1');
INSERT INTO "sketches" VALUES(4294967255,'a1');
INSERT INTO "sketches" VALUES(4294967256,'a1');
INSERT INTO "sketches" VALUES(4294967257,'a1');
INSERT INTO "sketches" VALUES(4294967258,'a1');
INSERT INTO "sketches" VALUES(4294967259,'a1');
INSERT INTO "sketches" VALUES(4294967260,'a1');
INSERT INTO "sketches" VALUES(4294967261,'a1');
INSERT INTO "sketches" VALUES(4294967262,'a1');
INSERT INTO "sketches" VALUES(4294967263,'a1');
INSERT INTO "sketches" VALUES(4294967264,'a1');
INSERT INTO "sketches" VALUES(4294967265,'a1');
INSERT INTO "sketches" VALUES(4294967266,'a1');
INSERT INTO "sketches" VALUES(4294967267,'a1');
INSERT INTO "sketches" VALUES(4294967268,'a1');
INSERT INTO "sketches" VALUES(4294967269,'a1');
INSERT INTO "sketches" VALUES(4294967270,'a1');
INSERT INTO "sketches" VALUES(4294967271,'a1');
INSERT INTO "sketches" VALUES(4294967272,'a1');
INSERT INTO "sketches" VALUES(4294967273,'a1');
INSERT INTO "sketches" VALUES(4294967274,'a1');
INSERT INTO "sketches" VALUES(4294967275,'a1');
INSERT INTO "sketches" VALUES(4294967276,'a1');
INSERT INTO "sketches" VALUES(4294967277,'a1');
INSERT INTO "sketches" VALUES(4294967278,'a1');
INSERT INTO "sketches" VALUES(4294967279,'a1');
INSERT INTO "sketches" VALUES(4294967280,'a1');
INSERT INTO "sketches" VALUES(4294967281,'a1');
INSERT INTO "sketches" VALUES(4294967282,'a1');
INSERT INTO "sketches" VALUES(4294967283,'a1');
INSERT INTO "sketches" VALUES(4294967284,'a1');
INSERT INTO "sketches" VALUES(4294967285,'a1');
INSERT INTO "sketches" VALUES(4294967286,'a1');
INSERT INTO "sketches" VALUES(4294967287,'a1');
INSERT INTO "sketches" VALUES(4294967288,'a1');
INSERT INTO "sketches" VALUES(4294967289,'a1');
INSERT INTO "sketches" VALUES(4294967290,'a1');
INSERT INTO "sketches" VALUES(4294967291,'a1');
INSERT INTO "sketches" VALUES(4294967292,'a1');
INSERT INTO "sketches" VALUES(4294967293,'a1');
INSERT INTO "sketches" VALUES(4294967294,'a1');
INSERT INTO "sketches" VALUES(4294967295,'a1');
CREATE UNIQUE INDEX alerts_digest ON alerts (recipient, local_date);
CREATE INDEX alerts_state ON alerts (state, seq);
CREATE INDEX ix_alerts_development_id ON alerts (development_id);
CREATE INDEX ix_developments_raised_at ON developments (raised_at);
CREATE INDEX ix_feeds_next_poll_at ON feeds (next_poll_at);
CREATE INDEX ix_held_back_article_id ON held_back (article_id);
CREATE INDEX ix_held_back_at ON held_back (at);
CREATE INDEX positions_key ON positions (topic, subject, aspect, held_until);
CREATE INDEX ix_sketches_article_id ON sketches (article_id);
CREATE INDEX ix_development_articles_article_id ON development_articles (article_id);
CREATE INDEX entries_feed_content ON entries (feed_id, content_key);
CREATE UNIQUE INDEX entries_feed_key ON entries (feed_id, "key");
CREATE INDEX entries_step ON entries (step, id);
CREATE INDEX ix_entries_url ON entries (url);
CREATE INDEX ix_articles_arrived ON articles (arrived);
CREATE INDEX ix_articles_url ON articles (url);
COMMIT;
