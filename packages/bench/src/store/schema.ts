/** The version of the tables; raise it when they change. */
export const SCHEMA = 7;

// A checkpoint stays when its run is given back, so it has no foreign key. SQLite keeps bytes unchanged in a
// column of any type.
const CHECKPOINT = `
  create table checkpoint (
    key text primary key not null,
    environment text not null,
    state bytea not null
  );
`;

// The SHA-256 of a record as canonical JSON, and of a checkpoint's bytes. Null for data that is older than
// checksums.
const CHECKSUMS = `
  alter table run add column checksum text;
  alter table checkpoint add column checksum text;
`;

const CURVES = `
  alter table run add column curve text;
  alter table run add column weights text;
`;

// Metrics are finite: SQLite would store NaN as null. Times are ISO 8601, leases milliseconds since 1970.
/** The tables, for SQLite and PostgreSQL alike. */
export const TABLES: string = `
  create table run (
    key text primary key not null,
    state text not null,
    spec text not null,
    worker text,
    lease bigint,
    step integer,
    reason text,
    environment text,
    started text,
    ended text,
    seconds double precision,
    path text,
    cost text,
    lost integer not null default 0
  );
  create table metric (
    run text not null references run (key),
    name text not null,
    value double precision not null,
    primary key (run, name)
  );
  ${CHECKPOINT}
  ${CHECKSUMS}
  ${CURVES}
`;

/** The statements that turn a store of each schema version into one of the next. */
export const UPDATES: Readonly<Record<number, string>> = {
  1: 'alter table run add column path text',
  2: 'alter table run add column lost integer not null default 0',
  3: 'alter table run add column cost text',
  4: CHECKPOINT,
  5: CHECKSUMS,
  6: CURVES,
};
