import type { SQLInputValue } from 'node:sqlite'

/**
 * The rows as a base of 1C writes them into an exchange message without rules: a `v8msg:Message` with an object of a catalogue for each, as
 * the global method ЗаписатьXML gives it. Standard attributes have English names, the others those of the configuration; all are written, empty ones
 * too; each on a line of its own.
 */
export function formatMessage(rows: readonly (readonly SQLInputValue[])[]): string {
  return [
    '\u{FEFF}<?xml version="1.0" encoding="UTF-8"?>',
    '<v8msg:Message xmlns:v8msg="http://v8.1c.ru/messages" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">',
    '\t<v8msg:Header>',
    '\t\t<v8msg:ExchangePlan>УдаленныеСклады</v8msg:ExchangePlan>',
    '\t\t<v8msg:To>С01</v8msg:To>',
    '\t\t<v8msg:From>ЦБ</v8msg:From>',
    '\t\t<v8msg:MessageNo>1</v8msg:MessageNo>',
    '\t\t<v8msg:ReceivedNo>0</v8msg:ReceivedNo>',
    '\t</v8msg:Header>',
    '\t<v8msg:Body>',
    ...rows.map(formatObject),
    '\t</v8msg:Body>',
    '</v8msg:Message>',
    '',
  ].join('\n')
}

/** The elements in the order of our columns; the code and the name of a catalogue's element are standard attributes. */
const ELEMENTS = [
  'Ref',
  'Накладная',
  'Code',
  'Дата',
  'Склад',
  'Номенклатура',
  'Description',
  'ЕдиницаИзмерения',
  'Количество',
  'Цена',
  'Сумма',
  'Комментарий',
]

const ORDER = ['Ref', 'DeletionMark', 'Code', 'Description']

function formatObject(row: readonly SQLInputValue[]): string {
  const values = new Map(ELEMENTS.map((name, index) => [name, textOf(row[index] ?? null)]))
  values.set('DeletionMark', 'false')
  const names = [...ORDER, ...ELEMENTS.filter((name) => !ORDER.includes(name))]
  const lines = names.map((name) => {
    const text = escapeXml(values.get(name) ?? '')
    return text === '' ? `\t\t\t<${name}/>` : `\t\t\t<${name}>${text}</${name}>`
  })
  return ['\t\t<CatalogObject.Продажи>', ...lines, '\t\t</CatalogObject.Продажи>'].join('\n')
}

function textOf(value: SQLInputValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '').replaceAll('"', '')
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
