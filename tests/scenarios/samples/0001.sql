BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE attachments (
	id INTEGER NOT NULL, 
	team_id VARCHAR(64) NOT NULL, 
	file_id VARCHAR(64) NOT NULL, 
	work_item_id VARCHAR(36) NOT NULL, 
	project_id VARCHAR(36) NOT NULL, 
	item_key VARCHAR(64) NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	asset_id VARCHAR(36), 
	relayed BIGINT NOT NULL, 
	attempts INTEGER NOT NULL, 
	waiting_since DOUBLE, 
	cause VARCHAR(64), 
	cause_since DOUBLE, 
	waiting_for JSON, 
	due_at DOUBLE NOT NULL, 
	CONSTRAINT pk_attachments PRIMARY KEY (id), 
	CONSTRAINT uq_attachments_team_id_file_id_work_item_id UNIQUE (team_id, file_id, work_item_id)
);
INSERT INTO "attachments" VALUES(1,'T1','F00000001','3e677a13-e67e-4b45-8db8-b83a3bbc2776','d4c90c53-b32b-4059-832d-af681d9e5a38','WEB-1','done','85730a12-4181-4823-adc9-530c024a525a',0,0,NULL,NULL,NULL,NULL,1.79532107750474762917e+09);
INSERT INTO "attachments" VALUES(2,'T1','F00000006','b5a33336-509f-419d-aaa6-04ea73566627','d4c90c53-b32b-4059-832d-af681d9e5a38','WEB-2','done','4d831731-38f5-444a-9c01-2ab2ca40deeb',0,0,NULL,NULL,NULL,NULL,1.79532107833449888225e+09);
INSERT INTO "attachments" VALUES(3,'T1','F00000007','b5a33336-509f-419d-aaa6-04ea73566627','d4c90c53-b32b-4059-832d-af681d9e5a38','WEB-2','failed',NULL,0,0,NULL,NULL,NULL,NULL,1.79532107833449888225e+09);
INSERT INTO "attachments" VALUES(4,'T1','F00000014','87a7ba9b-805b-47e6-8c9f-0da0650e6e60','b44d3f4c-c756-4bc3-8746-65f90023d416','OPS-1','pending',NULL,0,4,1.79532107879905152318e+09,'PlaneUnavailable',1.79532107879905152318e+09,'{"code": "PlaneUnavailable", "facts": {}}',1.79532108419207644457e+09);
CREATE TABLE share_attachments (
	share_id INTEGER NOT NULL, 
	attachment_id INTEGER NOT NULL, 
	outcome VARCHAR(64), 
	facts JSON, 
	CONSTRAINT pk_share_attachments PRIMARY KEY (share_id, attachment_id), 
	CONSTRAINT fk_share_attachments_attachment_id FOREIGN KEY(attachment_id) REFERENCES attachments (id) ON DELETE CASCADE, 
	CONSTRAINT fk_share_attachments_share_id FOREIGN KEY(share_id) REFERENCES shares (id) ON DELETE CASCADE
);
INSERT INTO "share_attachments" VALUES(1,1,'Attached','{}');
INSERT INTO "share_attachments" VALUES(2,2,'Attached','{}');
INSERT INTO "share_attachments" VALUES(2,3,'FileEmpty','{}');
INSERT INTO "share_attachments" VALUES(4,4,NULL,NULL);
CREATE TABLE share_files (
	share_id INTEGER NOT NULL, 
	file_id VARCHAR(64) NOT NULL, 
	position INTEGER NOT NULL, 
	file JSON NOT NULL, 
	CONSTRAINT pk_share_files PRIMARY KEY (share_id, file_id), 
	CONSTRAINT fk_share_files_share_id FOREIGN KEY(share_id) REFERENCES shares (id) ON DELETE CASCADE
);
INSERT INTO "share_files" VALUES(1,'F00000001',0,'{"file_id": "F00000001", "name": "done.pdf", "mimetype": "application/pdf", "filetype": "pdf", "mode": "hosted", "file_access": "visible", "size": 4, "url": "http://slack.test/files-pri/T1-F00000001/download/done.pdf", "external_type": "", "title": "done.pdf"}');
INSERT INTO "share_files" VALUES(2,'F00000006',0,'{"file_id": "F00000006", "name": "both.pdf", "mimetype": "application/pdf", "filetype": "pdf", "mode": "hosted", "file_access": "visible", "size": 4, "url": "http://slack.test/files-pri/T1-F00000006/download/both.pdf", "external_type": "", "title": "both.pdf"}');
INSERT INTO "share_files" VALUES(2,'F00000007',1,'{"file_id": "F00000007", "name": "empty.txt", "mimetype": "application/pdf", "filetype": "pdf", "mode": "hosted", "file_access": "visible", "size": 0, "url": "http://slack.test/files-pri/T1-F00000007/download/empty.txt", "external_type": "", "title": "empty.txt"}');
INSERT INTO "share_files" VALUES(3,'F00000012',0,'{"file_id": "F00000012", "name": "quiet.pdf", "mimetype": "application/pdf", "filetype": "pdf", "mode": "hosted", "file_access": "visible", "size": 16, "url": "http://slack.test/files-pri/T1-F00000012/download/quiet.pdf", "external_type": "", "title": "quiet.pdf"}');
INSERT INTO "share_files" VALUES(4,'F00000014',0,'{"file_id": "F00000014", "name": "waits.pdf", "mimetype": "application/pdf", "filetype": "pdf", "mode": "hosted", "file_access": "visible", "size": 5, "url": "http://slack.test/files-pri/T1-F00000014/download/waits.pdf", "external_type": "", "title": "waits.pdf"}');
CREATE TABLE share_references (
	share_id INTEGER NOT NULL, 
	reference VARCHAR(128) NOT NULL, 
	position INTEGER NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	project_id VARCHAR(36), 
	work_item_id VARCHAR(36), 
	item_key VARCHAR(64), 
	problem VARCHAR(64), 
	facts JSON, 
	CONSTRAINT pk_share_references PRIMARY KEY (share_id, reference), 
	CONSTRAINT fk_share_references_share_id FOREIGN KEY(share_id) REFERENCES shares (id) ON DELETE CASCADE
);
INSERT INTO "share_references" VALUES(1,'WEB-1',0,'found','d4c90c53-b32b-4059-832d-af681d9e5a38','3e677a13-e67e-4b45-8db8-b83a3bbc2776','WEB-1',NULL,NULL);
INSERT INTO "share_references" VALUES(2,'WEB-2',0,'found','d4c90c53-b32b-4059-832d-af681d9e5a38','b5a33336-509f-419d-aaa6-04ea73566627','WEB-2',NULL,NULL);
INSERT INTO "share_references" VALUES(2,'WEB-9999',1,'refused',NULL,NULL,'WEB-9999','WorkItemNotFound','{"item": "WEB-9999"}');
INSERT INTO "share_references" VALUES(3,'UTF-8',0,'ignored',NULL,NULL,'',NULL,NULL);
INSERT INTO "share_references" VALUES(4,'OPS-1',0,'found','b44d3f4c-c756-4bc3-8746-65f90023d416','87a7ba9b-805b-47e6-8c9f-0da0650e6e60','OPS-1',NULL,NULL);
CREATE TABLE shares (
	id INTEGER NOT NULL, 
	team_id VARCHAR(64) NOT NULL, 
	channel_id VARCHAR(64) NOT NULL, 
	"trigger" VARCHAR(256) NOT NULL, 
	version VARCHAR(32) NOT NULL, 
	message_ts VARCHAR(32), 
	thread_ts VARCHAR(32), 
	user_id VARCHAR(64) NOT NULL, 
	is_private BOOLEAN, 
	is_external BOOLEAN NOT NULL, 
	seek JSON, 
	notice JSON, 
	received_at DOUBLE NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	attempts INTEGER NOT NULL, 
	waiting_since DOUBLE, 
	cause VARCHAR(64), 
	cause_since DOUBLE, 
	waiting_for JSON, 
	due_at DOUBLE NOT NULL, 
	reply_state VARCHAR(16) NOT NULL, 
	reply_ts VARCHAR(32), 
	reply_at DOUBLE, 
	reply_digest VARCHAR(64), 
	reply_attempts INTEGER NOT NULL, 
	reply_due_at DOUBLE, 
	reply_not_before DOUBLE, 
	reply_waiting_since DOUBLE, 
	CONSTRAINT pk_shares PRIMARY KEY (id), 
	CONSTRAINT uq_shares_team_id_trigger UNIQUE (team_id, "trigger")
);
INSERT INTO "shares" VALUES(1,'T1','CGENERAL','message:CGENERAL:1795321077.303238','','1795321077.303238','1795321077.303238','UANNA',0,0,NULL,NULL,1.79532107738372015957e+09,'planned',0,NULL,NULL,NULL,NULL,1.79532107738372015957e+09,'posted','1795321078.088192',1.79532107811019802094e+09,'917c8a979ad0caaa8d4c56e7fb55547dcf2ce04d95190b3ea3eba784305cae74',0,NULL,NULL,NULL);
INSERT INTO "shares" VALUES(2,'T1','CGENERAL','message:CGENERAL:1795321078.091500','','1795321078.091500','1795321078.091500','UANNA',0,0,NULL,NULL,1.79532107821417427065e+09,'planned',0,NULL,NULL,NULL,NULL,1.79532107821417427065e+09,'posted','1795321078.492933',1.7953210785186374187e+09,'2e7958d7ad9d97ed9aa0dd2357a04f4f7b86173871d47e22bb7e5bbd05dcc102',0,NULL,NULL,NULL);
INSERT INTO "shares" VALUES(3,'T1','CGENERAL','message:CGENERAL:1795321078.493144','','1795321078.493144','1795321078.493144','UANNA',0,0,NULL,NULL,1.79532107858402276037e+09,'quiet',0,NULL,NULL,NULL,NULL,1.79532107858402276037e+09,'none',NULL,NULL,NULL,0,NULL,NULL,NULL);
INSERT INTO "shares" VALUES(4,'T1','CGENERAL','message:CGENERAL:1795321078.675893','','1795321078.675893','1795321078.675893','UANNA',0,0,NULL,NULL,1.79532107869284725189e+09,'planned',0,NULL,NULL,NULL,NULL,1.79532107869284725189e+09,'posted','1795321080.870398',1.79532108087523388862e+09,'c3fb6700d624fc9076ee215a34ade8750c6a4e1709d415d0643a4b29c38baf8a',0,1.79532107878266143806e+09,NULL,NULL);
CREATE INDEX ix_attachments_state ON attachments (state);
CREATE INDEX ix_shares_reply_due_at ON shares (reply_due_at) WHERE reply_due_at IS NOT NULL;
CREATE INDEX ix_shares_state ON shares (state);
CREATE INDEX ix_share_attachments_attachment_id ON share_attachments (attachment_id);
COMMIT;
