// The path of an operator: order in, labels out, one torn label, reprint, scan; by mouse, by keyboard, and in Chinese by touch.
import { expect, type Page } from '@playwright/test'
import { violationsInBothThemes } from './axe.ts'
import { addLabels, printCases, tearCase, untilState } from './label-plant.ts'
import { scan } from './scan-keys.ts'
import { smallTargets } from './small-targets.ts'
import { logIn, type TestStation, test } from './station.ts'

test.use({ file: 'labels' })

const main = (page: Page) => page.locator('#main')
const dialog = (page: Page) => page.getByRole('dialog')

test.beforeEach(async ({ station }) => {
  await addLabels(station)
})

/** Labels in doubt of earlier tests do not stand in the way of this one. */
async function settleAll({ process }: TestStation): Promise<void> {
  const { jobs } = await process.call('labels.jobs', { states: ['inDoubt'], limit: 1000 })
  for (const { id } of jobs)
    await process.call('labels.resolve', { job: id, outcome: 'notPrinted', reason: 'test', again: false })
}

test('an operator orders labels, sees them before, and finds them in the tray and in the queue', async ({
  page,
  station,
}) => {
  await logIn(page, station, 'operator', '#/labels')
  await main(page)
    .getByRole('link', { name: /Case label/ })
    .click()
  const confirm = main(page).getByRole('button', { name: /^Print \d/ })
  await expect(main(page).getByRole('img', { name: /Case label/ })).toBeVisible()
  await confirm.click()
  await expect(main(page).getByText('fill in Order')).toBeVisible()

  await main(page).getByLabel('Order').fill('PO-4711')
  await main(page).getByLabel('Batch').fill('wrong')
  await expect(main(page).getByText(/does not fit/)).toBeVisible()
  await main(page).getByLabel('Batch').fill('CD0815')
  await main(page).getByLabel('Labels, each with an identifier of its own').fill('3')
  // Enter alone orders nothing.
  await page.keyboard.press('Enter')
  await expect(confirm).toHaveText(/Print 3 labels/)
  await confirm.click()
  await expect(main(page).getByRole('heading', { name: '3 labels are ordered' })).toBeFocused()
  await expect(main(page).getByRole('table').getByText('Printed')).toHaveCount(3)

  await main(page).getByRole('link', { name: 'Virtual printers' }).click()
  await expect(main(page).getByRole('img', { name: /Picture of the label/ })).toHaveCount(3)
  // A role without labels.manage does not try out faults.
  await expect(main(page).getByText('Try what happens when')).toBeHidden()

  await main(page).getByRole('link', { name: 'Queue', exact: true }).click()
  const jobs = main(page).getByRole('region', { name: 'Jobs', exact: true }).last()
  await expect(jobs.getByRole('row')).toHaveCount(4)
  await main(page).getByLabel('Search all that is printed').fill('cd0815')
  await expect(main(page).getByText('3 jobs')).toBeVisible()
  await main(page).getByLabel('Search all that is printed').fill('nothing of this')
  await expect(main(page).getByText('No job fits.')).toBeVisible()
})

test('a pasted table makes a label of each row, after its faults are put right', async ({ page, station }) => {
  await logIn(page, station, 'operator', '#/labels/print/case')
  await main(page).getByLabel('A table, a label for each row').check()
  const table = main(page).getByLabel('Rows, with the names of the columns first')
  await table.fill('Order\tBatch\tColour\nPO-1\tAB1111\tred\nPO-2\tnope\tblue\n')
  await expect(main(page).getByText('Row 2: Batch does not fit (nope).')).toBeVisible()
  await expect(main(page).getByText('Not on the label, left out: Colour')).toBeVisible()
  await table.fill('Order\tBatch\nPO-1\tAB1111\nPO-2\tAB2222\n')
  await expect(main(page).getByText(/does not fit/)).toBeHidden()
  await expect(main(page).getByText('Row 1 of 2')).toBeVisible()
  await main(page)
    .getByRole('button', { name: /Print 2 labels/ })
    .click()
  await expect(main(page).getByRole('heading', { name: '2 labels are ordered' })).toBeVisible()
  const { jobs } = await station.process.call('labels.jobs', { limit: 2 })
  expect(jobs.map(({ fields }) => fields.batch)).toEqual(['AB2222', 'AB1111'])
})

test('a label is printed again with the same dots, a reason and a count, and taken out of use', async ({
  page,
  station,
}) => {
  const [job] = await printCases(station, 'PO-AGAIN', 1)
  const printed = await untilState(station, job!.id, 'printed')
  await logIn(page, station, 'operator', `#/labels/job/${job!.id}`)
  await expect(main(page).getByRole('heading', { name: printed.identifier! })).toBeVisible()
  await expect(main(page).getByRole('img')).toBeVisible()
  expect(await violationsInBothThemes(page)).toEqual([])
  await main(page).getByRole('button', { name: 'Print it again' }).click()
  await expect(dialog(page)).toBeVisible()
  expect(await violationsInBothThemes(page)).toEqual([])
  expect(await smallTargets(page)).toEqual([])
  await dialog(page).getByRole('button', { name: 'Print again now' }).click()
  await expect(dialog(page).getByText(/Choose a reason/)).toBeVisible()
  await dialog(page).getByLabel('Label damaged').check()
  await dialog(page).getByLabel('In your own words').fill('fork lift')
  await dialog(page).getByRole('button', { name: 'Print again now' }).click()
  await expect(main(page).getByText('Reprint 1 is ordered.')).toBeVisible()
  await main(page).getByRole('link', { name: 'Show it' }).click()
  await expect(main(page).getByText('Reprint 1', { exact: true }).first()).toBeVisible()
  await expect(main(page).getByText('Label damaged: fork lift').first()).toBeVisible()
  const { jobs } = await station.process.call('labels.jobs', { identifier: printed.identifier!, limit: 10 })
  expect(jobs.map(({ reprintCount, imageHash }) => [reprintCount, imageHash])).toEqual([
    [1, printed.imageHash],
    [0, printed.imageHash],
  ])

  await page.goto(`${station.url}#/labels/job/${job!.id}`)
  await main(page).getByRole('button', { name: 'Take it out of use' }).click()
  await dialog(page).getByLabel('Wrong data').check()
  await dialog(page).getByLabel('What the label says that is destroyed').fill('something else')
  await dialog(page).getByRole('button', { name: 'Take it out of use now' }).click()
  await expect(dialog(page).getByRole('alert')).toContainText('another label would be taken out of use')
  await dialog(page).getByLabel('What the label says that is destroyed').fill(printed.identifier!)
  await dialog(page).getByRole('button', { name: 'Take it out of use now' }).click()
  await expect(main(page).getByText('The label is out of use.')).toBeVisible()
  await expect(main(page).getByText('Void').first()).toBeVisible()
})

test('a scan answers the dialog that asks for one: another label is not taken out of use by a slip', async ({
  page,
  station,
}) => {
  const [mine, other] = await printCases(station, 'PO-SLIP', 2)
  const printed = await untilState(station, mine!.id, 'printed')
  await logIn(page, station, 'operator', `#/labels/job/${mine!.id}`)
  await main(page).getByRole('button', { name: 'Take it out of use' }).click()
  await dialog(page).getByLabel('Wrong data').check()
  // The focus is on the reason, where a tap left it.
  await scan(page, other!.identifier!)
  const destroyed = dialog(page).getByLabel('What the label says that is destroyed')
  await expect(destroyed).toHaveValue(other!.identifier!)
  await dialog(page).getByRole('button', { name: 'Take it out of use now' }).click()
  await expect(dialog(page).getByRole('alert')).toContainText('another label would be taken out of use')
  await scan(page, printed.identifier!)
  await expect(destroyed).toHaveValue(printed.identifier!)
  await dialog(page).getByRole('button', { name: 'Take it out of use now' }).click()
  await expect(main(page).getByText('The label is out of use.')).toBeVisible()

  await settleAll(station)
  const torn = await tearCase(station, 'PO-SLIP')
  await page.goto(`${station.url}#/labels/doubt`)
  await main(page)
    .getByRole('article', { name: torn.identifier! })
    .getByRole('button', { name: /Scan it/ })
    .click()
  await scan(page, 'NOT-OURS-2')
  await expect(dialog(page).getByText(/NOT-OURS-2 is not known here/)).toBeVisible()
  await scan(page, torn.identifier!)
  await expect(dialog(page).getByText('None is left in doubt.')).toBeVisible()
  await untilState(station, torn.id, 'printed')
})

test('an engineer tears a label; it is in doubt until somebody says what is there', async ({ page, station }) => {
  await settleAll(station)
  await logIn(page, station, 'engineer', '#/labels/tray')
  await main(page).getByRole('button', { name: 'The next label tears' }).click()
  await expect(main(page).getByText('Done: The next label tears.')).toBeVisible()
  const [job] = await printCases(station, 'PO-TORN', 1)
  await untilState(station, job!.id, 'inDoubt')
  await expect(main(page).getByText('✕ Torn')).toBeVisible()

  await page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: '1 label in doubt' }).click()
  const card = main(page).getByRole('article', { name: job!.identifier! })
  await expect(card.getByRole('img')).toBeVisible()
  await card.getByRole('button', { name: /It did not come out/ }).click()
  await dialog(page).getByLabel('Torn').check()
  await dialog(page).getByRole('button', { name: 'Make a new one' }).click()
  await expect(main(page).getByText(`${job!.identifier}: scrapped.`)).toBeVisible()
  await expect(main(page).getByText('No label is in doubt.')).toBeVisible()
  await main(page).getByRole('link', { name: 'Show it' }).click()
  await expect(main(page).getByText('Printed', { exact: true }).first()).toBeVisible()
  const old = await untilState(station, job!.id, 'failed')
  expect(old.message).toContain('Torn')
})

test('a scan settles a doubt, whatever has the focus, and a wrong one says what it is', async ({ page, station }) => {
  await settleAll(station)
  const first = await tearCase(station, 'PO-SCAN-1')
  const second = await tearCase(station, 'PO-SCAN-2')
  await logIn(page, station, 'operator', '#/labels/doubt')
  await expect(main(page).getByRole('article')).toHaveCount(2)
  await main(page)
    .getByRole('article', { name: first.identifier! })
    .getByRole('button', { name: /Scan it/ })
    .click()
  await dialog(page).getByLabel('Scanned text').fill('NOT-OURS-1')
  await dialog(page).getByRole('button', { name: /Done/ }).click()
  await expect(dialog(page).getByText(/NOT-OURS-1 is not known here/)).toBeVisible()
  await dialog(page).getByLabel('Scanned text').fill(first.identifier!)
  await page.keyboard.press('Enter')
  await expect(dialog(page).getByText('1 label is still in doubt.')).toBeVisible()
  await untilState(station, first.id, 'printed')
  await dialog(page).getByRole('button', { name: 'Finish scanning' }).click()
  // A scanner types faster than any person; nothing has the focus.
  await scan(page, second.identifier!)
  await expect(main(page).getByText('No label is in doubt.')).toBeVisible()
  await untilState(station, second.id, 'printed')
})

test('by keyboard alone a label is said to be there, and the next one has the focus', async ({ page, station }) => {
  await settleAll(station)
  const first = await tearCase(station, 'PO-KEY-1')
  const second = await tearCase(station, 'PO-KEY-2')
  await logIn(page, station, 'operator', '#/labels/doubt')
  const button = main(page)
    .getByRole('article', { name: first.identifier! })
    .getByRole('button', { name: /It came out/ })
  await button.focus()
  await page.keyboard.press('Enter')
  await expect(dialog(page)).toBeVisible()
  // Enter alone says nothing.
  await page.keyboard.press('Enter')
  await expect(dialog(page)).toBeVisible()
  await dialog(page).getByRole('button', { name: 'Yes, it is there' }).focus()
  await page.keyboard.press('Enter')
  await expect(dialog(page)).toBeHidden()
  await expect(main(page).getByRole('heading', { name: second.identifier! })).toBeFocused()
  await untilState(station, first.id, 'printed')
})

test('a printer is held, its queue moved to the one that stands in, and let go again', async ({ page, station }) => {
  await logIn(page, station, 'operator', '#/labels/queue')
  const card = main(page).getByRole('article', { name: 'tray' })
  await card.getByRole('button', { name: 'Pause' }).click()
  await dialog(page).getByLabel('New labels or ribbon').check()
  await dialog(page).getByRole('button', { name: 'Pause now' }).click()
  await expect(card.getByText('Paused')).toBeVisible()
  const jobs = await printCases(station, 'PO-MOVE', 2)
  await expect(card.getByText('2', { exact: true })).toBeVisible()
  await card.getByRole('button', { name: 'Move the queue' }).click()
  await expect(dialog(page).getByLabel('To which printer')).toHaveValue('spare')
  await dialog(page).getByLabel('Printer out of order').check()
  await dialog(page).getByRole('button', { name: 'Move now' }).click()
  await expect(main(page).getByText('2 labels were moved from tray to spare.')).toBeVisible()
  for (const { id } of jobs) expect((await untilState(station, id, 'printed')).printer).toBe('spare')
  await card.getByRole('button', { name: 'Go on' }).click()
  await dialog(page).getByRole('button', { name: 'Go on now' }).click()
  await expect(card.getByText('Ready')).toBeVisible()
})

test('a printer without labels says so, and what to do', async ({ page, station }) => {
  await logIn(page, station, 'viewer', '#/labels')
  // Who may not print begins with the queue, without buttons that would be refused.
  await expect(main(page).getByRole('link', { name: 'Print', exact: true })).toBeHidden()
  await station.process.call('labels.simulate', { printer: 'tray', fault: 'mediaOut' })
  const card = main(page).getByRole('article', { name: 'tray' })
  await expect(card.getByText('Out of labels')).toBeVisible()
  await expect(card.getByText('Put in labels, close the printer.')).toBeVisible()
  await expect(card.getByRole('button')).toHaveCount(0)
})

test('the ledger is checked and saved, and templates are approved', async ({ page, station }) => {
  const [job] = await printCases(station, 'PO-LEDGER', 1)
  await untilState(station, job!.id, 'printed')
  await logIn(page, station, 'engineer', '#/labels/ledger')
  await main(page).getByRole('button', { name: 'Check the chain' }).click()
  await expect(main(page).getByText(/The chain is whole/)).toBeVisible()
  const download = page.waitForEvent('download')
  await main(page).getByRole('button', { name: 'Save as CSV' }).click()
  let csv = ''
  for await (const chunk of await (await download).createReadStream()) csv += String(chunk)
  const lines = csv.trim().split('\r\n')
  expect(lines[0]).toBe('sequence,time,timestamp,action,identifier,job,printer,template,user,detail,hash')
  expect(lines[1]).toMatch(/^1,/)
  const { rowCount } = await station.process.call('labels.verifyLedger', {})
  expect(lines.length - 1).toBe(rowCount)

  await main(page).getByRole('link', { name: 'Templates' }).click()
  await main(page)
    .getByRole('button', { name: /Approve … Shelf label/ })
    .click()
  await expect(dialog(page).getByRole('img')).toBeVisible()
  await dialog(page).getByRole('button', { name: 'Approve this version' }).click()
  await expect(main(page).getByText('Version 1 of "Shelf label" is approved.')).toBeVisible()
  await expect(main(page).getByText(/Approved by engineer/)).toBeVisible()
})

test('without a link nothing is offered that would be refused, and what is shown is said to be old', async ({
  page,
  station,
}) => {
  await logIn(page, station, 'operator', '#/labels/queue')
  const card = main(page).getByRole('article', { name: 'tray' })
  await expect(card.getByText('Ready')).toBeVisible()
  station.process.child.kill('SIGSTOP')
  try {
    await expect(card.getByText(/Not live/)).toBeVisible()
    await expect(card.getByRole('button', { name: 'Pause' })).toBeDisabled()
  } finally {
    station.process.child.kill('SIGCONT')
  }
  await expect(card.getByText('Ready', { exact: true })).toBeVisible()
})

test.describe('in Chinese, by touch, on a small panel', () => {
  test.use({ locale: 'zh-CN', hasTouch: true, viewport: { width: 480, height: 800 } })

  test('order in, label out, one torn, a new one made', async ({ page, station }) => {
    await settleAll(station)
    await logIn(page, station, 'operator', '#/labels')
    await main(page)
      .getByRole('link', { name: /箱标签/ })
      .tap()
    await main(page).getByLabel('订单').fill('订单-7')
    expect(await smallTargets(page)).toEqual([])
    await main(page)
      .getByRole('button', { name: /打印 1 张标签/ })
      .tap()
    await expect(main(page).getByRole('heading', { name: '已下单 1 张标签' })).toBeVisible()
    await expect(main(page).getByRole('table').getByText('已打印')).toBeVisible()

    const torn = await tearCase(station, '订单-8')
    await main(page).getByRole('link', { name: /存疑/ }).tap()
    const card = main(page).getByRole('article', { name: torn.identifier! })
    expect(await smallTargets(page)).toEqual([])
    await card.getByRole('button', { name: /没有出纸/ }).tap()
    expect(await smallTargets(page)).toEqual([])
    await dialog(page).getByText('撕坏', { exact: true }).tap()
    await dialog(page).getByRole('button', { name: '重新做一张' }).tap()
    await expect(main(page).getByText('没有存疑的标签。')).toBeVisible()
    await expect(main(page).getByText(/正等待 tray 打印/)).toBeVisible()
  })
})
