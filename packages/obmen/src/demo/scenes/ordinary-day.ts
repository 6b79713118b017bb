import { allSites, exchangeAt, isEverywhere, type Reading, settle, type Story } from '../story.ts'
import type { DayTexts } from '../texts.ts'

/** Warehouses number their orders from different numbers on, so that two sites never give the same one. */
export const ORDER_ID = 20001

/** A new order with two lines: a table with a counted key, and one with a composite key and a space in its name. */
const ORDER = [
  `INSERT INTO Orders (OrderID, CustomerID, EmployeeID, OrderDate, ShipVia, Freight)
VALUES (${ORDER_ID}, 'BERGS', 1, '1998-05-07 00:00:00.000', 3, 12.5)`,
  `INSERT INTO "Order Details" (OrderID, ProductID, UnitPrice, Quantity, Discount)
VALUES (${ORDER_ID}, 1, 18, 10, 0), (${ORDER_ID}, 11, 21, 5, 0.05)`,
]

const PRICE = ['UPDATE Products SET UnitPrice = 19.9 WHERE ProductID = 1']

const DELETION = [
  'DELETE FROM "Order Details" WHERE ProductID = 9',
  'DELETE FROM Products WHERE ProductID = 9',
]

const PHONE = [`UPDATE Customers SET Phone = '030-0074399' WHERE CustomerID = 'ALFKI'`]

/** Every site changes something, and after an exchange every site has every change. */
export async function showOrdinaryDay(story: Story): Promise<void> {
  const { screen, texts, sites } = story
  const { office, first, second } = sites
  const { day } = texts
  const readings = readingsOf(day)
  const before = readings.map(({ query }) => office.readValue(query) ?? '')
  screen.heading(day.heading())
  screen.paragraph(day.explain())
  screen.line(day.explainSql())
  for (const [site, statements] of [
    [first, ORDER],
    [office, PRICE],
    [office, DELETION],
    [second, PHONE],
  ] as const) {
    screen.sql(site.code, statements)
    site.write(statements)
  }
  screen.paragraph(day.explainExchange())
  for (const site of [first, second, office]) await exchangeAt(story, site)
  screen.paragraph(day.explainRound())
  for (const site of [first, second]) await exchangeAt(story, site)
  screen.paragraph(day.explainRead())
  showReadings(story, readings, before)
  for (const reading of readings) {
    story.verdict.check(isEverywhere(story, reading), day.isEverywhere(reading.name))
  }
  await settle(story)
}

function readingsOf(texts: DayTexts): readonly Reading[] {
  return [
    {
      name: texts.order(ORDER_ID),
      query: `SELECT CustomerID FROM Orders WHERE OrderID = ${ORDER_ID}`,
      expected: 'BERGS',
    },
    {
      name: texts.orderLines(ORDER_ID),
      query: `SELECT count(*) FROM "Order Details" WHERE OrderID = ${ORDER_ID}`,
      expected: '2',
    },
    {
      name: texts.price('Chai'),
      query: 'SELECT UnitPrice FROM Products WHERE ProductID = 1',
      expected: '19.9',
    },
    {
      name: texts.product('Mishi Kobe Niku'),
      query: 'SELECT ProductName FROM Products WHERE ProductID = 9',
      expected: undefined,
    },
    {
      name: texts.productLines('Mishi Kobe Niku'),
      query: 'SELECT count(*) FROM "Order Details" WHERE ProductID = 9',
      expected: '0',
    },
    {
      name: texts.phone('ALFKI'),
      query: "SELECT Phone FROM Customers WHERE CustomerID = 'ALFKI'",
      expected: '030-0074399',
    },
  ]
}

function showReadings(story: Story, readings: readonly Reading[], before: readonly string[]): void {
  const { day } = story.texts
  const sites = allSites(story)
  const show = (value: string | undefined): string => value ?? day.nothing()
  story.screen.table(
    [
      { title: day.whatTitle() },
      { title: day.beforeTitle() },
      ...sites.map(({ code }) => ({ title: code })),
    ],
    readings.map(({ name, query }, index) => [
      name,
      before[index] ?? '',
      ...sites.map((site) => show(site.readValue(query))),
    ]),
  )
  story.screen.gap()
}
