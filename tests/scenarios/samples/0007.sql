BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0007');
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
	due_at DOUBLE NOT NULL, is_link BOOLEAN DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_attachments PRIMARY KEY (id), 
	CONSTRAINT uq_attachments_team_id_file_id_work_item_id UNIQUE (team_id, file_id, work_item_id)
);
INSERT INTO "attachments" VALUES(1,'T1','F00000001','2ea46cb3-e28a-4640-b48a-99de3a92fbb7','0160e219-d79c-4ed3-8ea2-8afd807222ad','WEB-1','done','7c3f7ca4-248c-44be-8de9-6e9ae5c4ad2c',0,0,NULL,NULL,NULL,NULL,1.79532111194693279267e+09,0);
INSERT INTO "attachments" VALUES(2,'T1','F00000006','ad40f6ff-4523-4a22-bd0f-d31a1a6eac96','0160e219-d79c-4ed3-8ea2-8afd807222ad','WEB-2','done','be44fbb6-5e0a-4227-985d-72cbf8274266',0,0,NULL,NULL,NULL,NULL,1.79532111257808732985e+09,0);
INSERT INTO "attachments" VALUES(3,'T1','F00000007','ad40f6ff-4523-4a22-bd0f-d31a1a6eac96','0160e219-d79c-4ed3-8ea2-8afd807222ad','WEB-2','failed',NULL,0,0,NULL,NULL,NULL,NULL,1.79532111257808732985e+09,0);
INSERT INTO "attachments" VALUES(4,'T1','F00000014','b0672b18-55ea-461d-af60-c7f41bc4a18a','4f81120a-4f96-4bfe-960d-c4e5a5b69d6a','OPS-1','pending',NULL,0,4,1.795321113214625597e+09,'PlaneUnavailable',1.795321113214625597e+09,'{"code": "PlaneUnavailable", "facts": {}}',1.79532111782880640033e+09,0);
CREATE TABLE comments (
	id INTEGER NOT NULL, 
	team_id VARCHAR(64) NOT NULL, 
	place VARCHAR(256) NOT NULL, 
	channel_id VARCHAR(64) NOT NULL, 
	message_ts VARCHAR(32), 
	thread_ts VARCHAR(32), 
	is_private BOOLEAN, 
	project_id VARCHAR(36) NOT NULL, 
	work_item_id VARCHAR(36) NOT NULL, 
	item_key VARCHAR(64) NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	comment_id VARCHAR(36), 
	digest VARCHAR(64), 
	revision INTEGER NOT NULL, 
	attempts INTEGER NOT NULL, 
	waiting_since DOUBLE, 
	cause VARCHAR(64), 
	cause_since DOUBLE, 
	waiting_for JSON, 
	due_at DOUBLE, 
	CONSTRAINT pk_comments PRIMARY KEY (id), 
	CONSTRAINT uq_comments_team_id_place_work_item_id UNIQUE (team_id, place, work_item_id)
);
INSERT INTO "comments" VALUES(1,'T1','message:CGENERAL:1795321111.538259','CGENERAL','1795321111.538259','1795321111.538259',0,'0160e219-d79c-4ed3-8ea2-8afd807222ad','2ea46cb3-e28a-4640-b48a-99de3a92fbb7','WEB-1','posted','a741ffb4-6956-4aab-b083-015ec897b6df','f69d1b401e83776d7edb653f76219dc20088599cf22c6c88f12d078fc687cbd9',1,0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "comments" VALUES(2,'T1','message:CGENERAL:1795321112.414677','CGENERAL','1795321112.414677','1795321112.414677',0,'0160e219-d79c-4ed3-8ea2-8afd807222ad','ad40f6ff-4523-4a22-bd0f-d31a1a6eac96','WEB-2','posted','4276e695-2397-4473-acfb-dff9724aa1a6','a529b0d512de1333925727a2aebcf809e46b4b30ebe81b6c403e6f7699312aab',2,0,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE share_attachments (
	share_id INTEGER NOT NULL, 
	attachment_id INTEGER NOT NULL, 
	outcome VARCHAR(64), 
	facts JSON, consent VARCHAR(16), 
	CONSTRAINT pk_share_attachments PRIMARY KEY (share_id, attachment_id), 
	CONSTRAINT fk_share_attachments_attachment_id FOREIGN KEY(attachment_id) REFERENCES attachments (id) ON DELETE CASCADE, 
	CONSTRAINT fk_share_attachments_share_id FOREIGN KEY(share_id) REFERENCES shares (id) ON DELETE CASCADE
);
INSERT INTO "share_attachments" VALUES(1,1,'Attached','{}',NULL);
INSERT INTO "share_attachments" VALUES(2,2,'Attached','{}',NULL);
INSERT INTO "share_attachments" VALUES(2,3,'FileEmpty','{}',NULL);
INSERT INTO "share_attachments" VALUES(4,4,NULL,NULL,NULL);
CREATE TABLE share_files (
	share_id INTEGER NOT NULL, 
	file_id VARCHAR(64) NOT NULL, 
	position INTEGER NOT NULL, 
	file JSON NOT NULL, 
	CONSTRAINT pk_share_files PRIMARY KEY (share_id, file_id), 
	CONSTRAINT fk_share_files_share_id FOREIGN KEY(share_id) REFERENCES shares (id) ON DELETE CASCADE
);
INSERT INTO "share_files" VALUES(1,'F00000001',0,'{"file_id": "F00000001", "name": "done.pdf", "mimetype": "application/pdf", "filetype": "pdf", "mode": "hosted", "file_access": "visible", "size": 4, "url": "http://slack.test/files-pri/T1-F00000001/download/done.pdf", "external_type": "", "title": "done.pdf", "shared_by": "UANNA", "uploaded_by": "UANNA", "team_id": "T1", "external_url": null}');
INSERT INTO "share_files" VALUES(2,'F00000006',0,'{"file_id": "F00000006", "name": "both.pdf", "mimetype": "application/pdf", "filetype": "pdf", "mode": "hosted", "file_access": "visible", "size": 4, "url": "http://slack.test/files-pri/T1-F00000006/download/both.pdf", "external_type": "", "title": "both.pdf", "shared_by": "UANNA", "uploaded_by": "UANNA", "team_id": "T1", "external_url": null}');
INSERT INTO "share_files" VALUES(2,'F00000007',1,'{"file_id": "F00000007", "name": "empty.txt", "mimetype": "application/pdf", "filetype": "pdf", "mode": "hosted", "file_access": "visible", "size": 0, "url": "http://slack.test/files-pri/T1-F00000007/download/empty.txt", "external_type": "", "title": "empty.txt", "shared_by": "UANNA", "uploaded_by": "UANNA", "team_id": "T1", "external_url": null}');
INSERT INTO "share_files" VALUES(3,'F00000012',0,'{"file_id": "F00000012", "name": "quiet.pdf", "mimetype": "application/pdf", "filetype": "pdf", "mode": "hosted", "file_access": "visible", "size": 16, "url": "http://slack.test/files-pri/T1-F00000012/download/quiet.pdf", "external_type": "", "title": "quiet.pdf", "shared_by": "UANNA", "uploaded_by": "UANNA", "team_id": "T1", "external_url": null}');
INSERT INTO "share_files" VALUES(4,'F00000014',0,'{"file_id": "F00000014", "name": "waits.pdf", "mimetype": "application/pdf", "filetype": "pdf", "mode": "hosted", "file_access": "visible", "size": 5, "url": "http://slack.test/files-pri/T1-F00000014/download/waits.pdf", "external_type": "", "title": "waits.pdf", "shared_by": "UANNA", "uploaded_by": "UANNA", "team_id": "T1", "external_url": null}');
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
INSERT INTO "share_references" VALUES(1,'WEB-1',0,'found','0160e219-d79c-4ed3-8ea2-8afd807222ad','2ea46cb3-e28a-4640-b48a-99de3a92fbb7','WEB-1',NULL,NULL);
INSERT INTO "share_references" VALUES(2,'WEB-2',0,'found','0160e219-d79c-4ed3-8ea2-8afd807222ad','ad40f6ff-4523-4a22-bd0f-d31a1a6eac96','WEB-2',NULL,NULL);
INSERT INTO "share_references" VALUES(2,'WEB-9999',1,'refused',NULL,NULL,'WEB-9999','WorkItemNotFound','{"item": "WEB-9999"}');
INSERT INTO "share_references" VALUES(3,'UTF-8',0,'ignored',NULL,NULL,'',NULL,NULL);
INSERT INTO "share_references" VALUES(4,'OPS-1',0,'found','4f81120a-4f96-4bfe-960d-c4e5a5b69d6a','b0672b18-55ea-461d-af60-c7f41bc4a18a','OPS-1',NULL,NULL);
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
	reply_waiting_since DOUBLE, moves INTEGER, is_withdrawn BOOLEAN DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_shares PRIMARY KEY (id), 
	CONSTRAINT uq_shares_team_id_trigger UNIQUE (team_id, "trigger")
);
INSERT INTO "shares" VALUES(1,'T1','CGENERAL','message:CGENERAL:1795321111.538259','','1795321111.538259','1795321111.538259','UANNA',0,0,NULL,NULL,1.79532111164051628115e+09,'planned',0,NULL,NULL,NULL,NULL,1.79532111164051628115e+09,'posted','1795321112.414394',1.79532111242499160764e+09,'b5e1fc37fc42553df7da26b214b7f831f2526709d516235089ee588065667d50',0,NULL,NULL,NULL,NULL,0);
INSERT INTO "shares" VALUES(2,'T1','CGENERAL','message:CGENERAL:1795321112.414677','','1795321112.414677','1795321112.414677','UANNA',0,0,NULL,NULL,1.79532111243224263186e+09,'planned',0,NULL,NULL,NULL,NULL,1.79532111243224263186e+09,'posted','1795321112.968796',1.79532111297869324687e+09,'65993670424bd841fea2e2cac729a2b2d74dd6f158ddb8d5ccbdf22fc1c0e42a',0,NULL,NULL,NULL,NULL,0);
INSERT INTO "shares" VALUES(3,'T1','CGENERAL','message:CGENERAL:1795321112.968966','','1795321112.968966','1795321112.968966','UANNA',0,0,NULL,NULL,1.79532111300206542008e+09,'quiet',0,NULL,NULL,NULL,NULL,1.79532111300206542008e+09,'none',NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,0);
INSERT INTO "shares" VALUES(4,'T1','CGENERAL','message:CGENERAL:1795321113.126136','','1795321113.126136','1795321113.126136','UANNA',0,0,NULL,NULL,1.79532111312851262088e+09,'planned',0,NULL,NULL,NULL,NULL,1.79532111312851262088e+09,'posted','1795321115.170194',1.79532111517544174187e+09,'c3fb6700d624fc9076ee215a34ade8750c6a4e1709d415d0643a4b29c38baf8a',0,1.79532111318277740477e+09,NULL,NULL,NULL,0);
CREATE INDEX ix_attachments_state ON attachments (state);
CREATE INDEX ix_shares_reply_due_at ON shares (reply_due_at) WHERE reply_due_at IS NOT NULL;
CREATE INDEX ix_shares_state ON shares (state);
CREATE INDEX ix_share_attachments_attachment_id ON share_attachments (attachment_id);
CREATE INDEX ix_comments_due_at ON comments (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX ix_shares_channel_id_message_ts ON shares (channel_id, message_ts);
CREATE INDEX ix_shares_team_id_user_id_id ON shares (team_id, user_id, id) WHERE state != 'quiet';
COMMIT;
