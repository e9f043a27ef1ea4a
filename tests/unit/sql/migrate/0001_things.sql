-- Tables of the store's own tests.
CREATE TABLE thing (
    id @PK@,
    name TEXT NOT NULL UNIQUE,
    count @INT@ CHECK (count >= 0),
    body @BLOB@
) @STRICT@;
CREATE TABLE part (
    thing @INT@ NOT NULL REFERENCES thing (id),
    n @INT@ NOT NULL,
    PRIMARY KEY (thing, n)
) @STRICT_CLUSTERED@;
CREATE TABLE tally (
    id @INT@ NOT NULL PRIMARY KEY,
    count @INT@ NOT NULL
) @STRICT@;
