/** The table that the exchange is measured with: sales of a trading firm, twelve columns, texts in Cyrillic. */
import type { DatabaseSync, SQLInputValue } from 'node:sqlite'

export const COLUMNS = [
  'id',
  'invoice',
  'number',
  'sold_at',
  'warehouse',
  'goods',
  'goods_name',
  'unit',
  'quantity',
  'price',
  'amount',
  'note',
] as const

export const TABLE = `CREATE TABLE IF NOT EXISTS sales (
  id TEXT PRIMARY KEY, invoice TEXT, number TEXT, sold_at TEXT, warehouse TEXT, goods TEXT, goods_name TEXT,
  unit TEXT, quantity INTEGER, price DECIMAL(12, 2), amount DECIMAL(14, 2), note TEXT
)`

export const INSERT = `INSERT INTO sales VALUES (${COLUMNS.map(() => '?').join(', ')})`

export const UPSERT = `${INSERT} ON CONFLICT (id) DO UPDATE SET ${COLUMNS.slice(1)
  .map((column) => `${column} = excluded.${column}`)
  .join(', ')}`

const WAREHOUSES = ['Склад № 1 (Подольск)', 'Склад № 2 (Тверь)', 'Основной склад', 'Розница']
const GOODS = ['Чай чёрный листовой', 'Кофе в зёрнах «Арабика»', 'Сахар-рафинад', 'Мука пшеничная']

/** A row as it was entered first. */
export function makeRow(no: number): SQLInputValue[] {
  const price = ((no * 137) % 100_000) / 100
  const quantity = (no % 40) + 1
  return [
    crypto.randomUUID(),
    crypto.randomUUID(),
    `ЦБ-${String(no).padStart(8, '0')}`,
    `2026-11-${String((no % 28) + 1).padStart(2, '0')}T09:30:00`,
    WAREHOUSES[no % WAREHOUSES.length] ?? '',
    crypto.randomUUID(),
    `${GOODS[no % GOODS.length] ?? ''}, партия ${no % 977}`,
    no % 3 === 0 ? 'шт' : 'кг',
    quantity,
    price,
    Math.round(quantity * price * 100) / 100,
    no % 3 === 0 ? null : `Отгружено по заявке ${no} без замечаний`,
  ]
}

/** Writes rows one by one in one transaction, as an application does. */
export function writeAll(
  database: DatabaseSync,
  sql: string,
  rows: Iterable<readonly SQLInputValue[]>,
): void {
  const statement = database.prepare(sql)
  database.exec('BEGIN')
  for (const row of rows) statement.run(...row)
  database.exec('COMMIT')
}

export const UPDATE =
  'UPDATE sales SET quantity = quantity + 1, amount = amount + price, note = ? WHERE id = ?'

/** What an update of every row is given. */
export function updatesOf(rows: readonly (readonly SQLInputValue[])[]): SQLInputValue[][] {
  return rows.map(([id = null], no) => [`Изменено кладовщиком, строка ${no}`, id])
}

export const PRAGMAS = 'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL'
