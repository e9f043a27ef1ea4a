-- Question forms, which this server shows and checks itself, are told from other documents without
-- reading them: an answer to anything else is taken as it comes.
ALTER TABLE document ADD COLUMN form @INT@ NOT NULL DEFAULT 0;

-- Files that workers sent as answers (FileUploadAnswer), until their HIT is deleted.
CREATE TABLE upload (
    id @PK@,
    hit @INT@ NOT NULL REFERENCES hit (id),
    assignment @INT@ NOT NULL REFERENCES assignment (id),
    question TEXT NOT NULL,             -- QuestionIdentifier
    file_key TEXT NOT NULL,             -- UploadedFileKey
    name TEXT NOT NULL,
    type TEXT NOT NULL,                 -- as the browser said
    body @BLOB@ NOT NULL
) @STRICT@;
CREATE UNIQUE INDEX upload_once ON upload (assignment, question);
CREATE INDEX upload_hit ON upload (hit);
