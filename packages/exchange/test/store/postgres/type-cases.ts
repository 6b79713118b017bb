/** A table of data: types of PostgreSQL with values, and what SQLite may hold in their place. */

/** A type of PostgreSQL with literals of its values. */
export interface TypeCase {
  readonly type: string
  /** The declared type of the SQLite column that it goes to and comes back from. */
  readonly sqlite: string
  readonly values: readonly string[]
}

export const CASES: readonly TypeCase[] = [
  { type: 'smallint', sqlite: 'INTEGER', values: ['-32768', '32767', '0'] },
  { type: 'integer', sqlite: 'INT', values: ['-2147483648', '2147483647'] },
  {
    type: 'bigint',
    sqlite: 'BIGINT',
    values: ['-9223372036854775808', '9223372036854775807', '9007199254740993'],
  },
  {
    type: 'double precision',
    sqlite: 'REAL',
    values: [
      '0.1',
      '3.141592653589793',
      '5e-324',
      '1.7976931348623157e308',
      `'Infinity'`,
      `'-Infinity'`,
      '5',
      '0',
    ],
  },
  { type: 'real', sqlite: 'DOUBLE', values: ['0.1', '3.4028235e38', '1e-45', `'-Infinity'`, '5'] },
  {
    type: 'numeric(15,2)',
    sqlite: 'DECIMAL(15,2)',
    values: ['1.50', '0.00', '-9999999999999.99', '100', '0.1'],
  },
  { type: 'numeric(5,0)', sqlite: 'NUMERIC', values: ['5', '-99999'] },
  {
    type: 'numeric',
    sqlite: 'TEXT',
    values: [
      '1.50',
      '1.5',
      '0',
      '123456789012345678901234567890.0123456789',
      `'NaN'`,
      `'Infinity'`,
    ],
  },
  { type: 'numeric(30,10)', sqlite: 'TEXT', values: ['12345678901234567890.0123456789'] },
  { type: 'boolean', sqlite: 'BOOLEAN', values: ['true', 'false'] },
  {
    type: 'text',
    sqlite: 'TEXT',
    values: [`''`, `'📦 Ж'`, `E'a\\r\\n\\t"\\\\{}'`, `'NULL'`, `'  x '`],
  },
  { type: 'character varying(5)', sqlite: 'VARCHAR(5)', values: [`'Ж'`, `'abcde'`] },
  { type: 'character(5)', sqlite: 'CHAR(5)', values: [`'ab'`, `''`] },
  { type: 'bytea', sqlite: 'BLOB', values: [`''`, String.raw`'\x00ff80'`] },
  {
    type: 'date',
    sqlite: 'DATE',
    values: [`'2026-11-22'`, `'infinity'`, `'4713-01-01 BC'`, `'10000-01-01'`],
  },
  { type: 'time', sqlite: 'TIME', values: [`'24:00:00'`, `'10:30:00.000001'`] },
  {
    type: 'timestamp',
    sqlite: 'DATETIME',
    values: [`'2026-11-22 10:30:00'`, `'0044-03-15 12:00:00.5 BC'`, `'-infinity'`],
  },
  { type: 'timestamptz', sqlite: 'TEXT', values: [`'2026-11-22 10:30:00+03'`, `'infinity'`] },
  {
    type: 'interval',
    sqlite: 'TEXT',
    values: [
      `'1 year 2 months 3 days 04:05:06.789'`,
      `'-1 month 1 day'`,
      `'0'`,
      `'24:00:00'`,
      `'1 day'`,
    ],
  },
  { type: 'uuid', sqlite: 'UUID', values: [`'0B9E1D3C-7E5A-4C43-9D3E-3F1C2B7A9E10'`] },
  { type: 'json', sqlite: 'TEXT', values: [`'{"a" :  1.50, "a": null}'`, `'5'`, `'"\\u0416"'`] },
  { type: 'jsonb', sqlite: 'TEXT', values: [`'{"b":1,"a":[1.50]}'`] },
  {
    type: 'integer[]',
    sqlite: 'TEXT',
    values: [`'{1,NULL,3}'`, `'{}'`, `'{{1,2},{3,4}}'`, `'[0:1]={1,2}'`],
  },
  { type: 'text[]', sqlite: 'TEXT', values: [`ARRAY['a,"b"', NULL, 'NULL', '', E'\\\\']`] },
  { type: 'mood', sqlite: 'TEXT', values: [`'так себе'`, `'5'`] },
  { type: 'price', sqlite: 'DECIMAL', values: ['9.99'] },
  { type: 'inet', sqlite: 'TEXT', values: [`'10.0.0.1'`, `'10.0.0.0/8'`] },
  { type: 'int4range', sqlite: 'TEXT', values: [`'[1,5)'`, `'empty'`] },
  { type: 'money', sqlite: 'TEXT', values: [`'12.34'`] },
  { type: 'bit(3)', sqlite: 'TEXT', values: [`'101'`] },
  { type: 'oid', sqlite: 'INTEGER', values: ['0', '4294967295'] },
  { type: 'time with time zone', sqlite: 'TEXT', values: [`'10:30:00+03'`] },
]

/** Values of SQLite that a column of PostgreSQL does not have, and what is said of them. */
export const INEXACT: readonly { type: string; sqlite: string; value: string; reason: RegExp }[] = [
  { type: 'integer', sqlite: 'INTEGER', value: `'abc'`, reason: /does not take the text "abc"/ },
  { type: 'integer', sqlite: 'INTEGER', value: '2147483648', reason: /out of range/ },
  { type: 'integer', sqlite: 'INTEGER', value: '1.5', reason: /does not take the number 1.5/ },
  { type: 'real', sqlite: 'REAL', value: '0.1', reason: /does not take the number 0.1/ },
  {
    type: 'numeric(10,2)',
    sqlite: 'DECIMAL',
    value: '1.555',
    reason: /would keep this value as "1.56"/,
  },
  { type: 'numeric(4,2)', sqlite: 'DECIMAL', value: '100', reason: /overflow/ },
  {
    type: 'numeric(30,2)',
    sqlite: 'TEXT',
    value: `'1.5'`,
    reason: /would keep this value as "1.50"/,
  },
  { type: 'boolean', sqlite: 'BOOLEAN', value: '2', reason: /does not take the number 2/ },
  { type: 'text', sqlite: 'TEXT', value: `'a' || char(0)`, reason: /invalid byte sequence/ },
  { type: 'text', sqlite: 'TEXT', value: `x'00'`, reason: /does not take 1 octets/ },
  { type: 'varchar(2)', sqlite: 'TEXT', value: `'abc'`, reason: /would keep this value as "ab"/ },
  { type: 'varchar(2)', sqlite: 'TEXT', value: `'ab '`, reason: /would keep this value as "ab"/ },
  { type: 'char(3)', sqlite: 'TEXT', value: `'ab '`, reason: /would keep this value as "ab"/ },
  { type: 'date', sqlite: 'DATE', value: `'22.11.2026'`, reason: /out of range|invalid/ },
  { type: 'date', sqlite: 'DATE', value: `'2026-1-5'`, reason: /as "2026-01-05"/ },
  {
    type: 'timestamp',
    sqlite: 'TEXT',
    value: `'2026-11-22T10:30'`,
    reason: /as "2026-11-22 10:30:00"/,
  },
  {
    type: 'timestamp(0)',
    sqlite: 'TEXT',
    value: `'2026-11-22 10:30:00.6'`,
    reason: /as "2026-11-22 10:30:01"/,
  },
  {
    type: 'timestamptz',
    sqlite: 'TEXT',
    value: `'2026-11-22 10:30:00+03'`,
    reason: /as "2026-11-22 07:30:00\+00"/,
  },
  { type: 'uuid', sqlite: 'TEXT', value: `'x'`, reason: /invalid input syntax for type uuid/ },
  { type: 'jsonb', sqlite: 'TEXT', value: `'{"a":1}'`, reason: /would keep this value as/ },
  { type: 'integer[]', sqlite: 'TEXT', value: `'{1, 2}'`, reason: /as "\{1,2\}"/ },
  { type: 'mood', sqlite: 'TEXT', value: `'sad'`, reason: /invalid input value for enum/ },
]
export const TYPES = `
  CREATE TYPE mood AS ENUM ('так себе', '5');
  CREATE DOMAIN amount AS numeric(10,2);
  CREATE DOMAIN price AS amount CHECK (value > 0);`

function columnsOf(type: (column: TypeCase) => string): string {
  return CASES.map((column, index) => `c${index} ${type(column)}`).join(', ')
}

export const POSTGRES = `${TYPES} CREATE TABLE v (id integer PRIMARY KEY, ${columnsOf(({ type }) => type)})`
export const SQLITE = `CREATE TABLE v (id INTEGER PRIMARY KEY, ${columnsOf(({ sqlite }) => sqlite)})`

/** A row for each value, NULL in all other columns, and one of nothing but NULL. */
export function insertAll(): string {
  let id = 0
  const inserts = CASES.flatMap(({ values }, index) =>
    values.map((value) => {
      id += 1
      return `INSERT INTO v (id, c${index}) VALUES (${id}, ${value});`
    }),
  )
  return `${inserts.join('\n')} INSERT INTO v (id) VALUES (0)`
}
