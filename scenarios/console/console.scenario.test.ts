import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { type Infra, startInfra, waitFor } from '@quadrille/testing'
import type { Browser, Locator } from 'playwright-core'
import { type Stack, startStack } from '../stack/stack.ts'
import { forgedHeaders } from '../stack/witnesses.ts'
import { type Look, openBrowser, openTab, type Tab } from './browser.ts'
import { createConsole } from './console-process.ts'

jest.setTimeout(180_000)

let stack: Stack
let shop: Stack['shop']
let browser: Browser
let board: Awaited<ReturnType<typeof createConsole>>
let tab: Tab

beforeAll(async () => {
  let servers: Infra | undefined
  stack = await startStack({
    infra: async () => {
      servers = await startInfra()
      return servers
    },
  })
  shop = stack.shop
  board = await createConsole(stack, servers!.postgresUrl)
  await board.start()
  browser = await openBrowser()
  tab = await openTab(browser, board.url)
  await tab.page.getByText('live', { exact: true }).waitFor()
})
afterAll(async () => {
  await browser?.close()
  await board?.stop()
  await stack?.close()
})

const see = (view: string) => tab.page.goto(`${board.url}/#/${view}`)
const button = (name: string | RegExp, within: Pick<Locator, 'getByRole'> = tab.page) =>
  within.getByRole('button', { name, exact: typeof name === 'string' })
const dialog = () => tab.page.getByRole('dialog')
const text = (words: string | RegExp) => tab.page.getByText(words).first()

describe('an order that is placed on the page', () => {
  it('is seen dispatched while one looks, and its whole story with it', async () => {
    await see('place')
    await button('Place the order').click()
    const followed = tab.page.locator('.followed a.titled').first()
    await followed.getByText('dispatched').waitFor()
    await tab.shoot('place')

    await followed.click()
    await tab.page.getByRole('heading', { name: /^Order/ }).waitFor()
    for (const event of ['OrderPlaced', 'PaymentCaptured', 'StockReserved', 'OrderDispatched']) await text(event).waitFor()
    await tab.shoot('order')
    const orderId = new URL(tab.page.url()).hash.split('/').at(-1)!
    expect(await shop.order(orderId)).toMatchObject({ status: 'dispatched' })
    shop.promised([{ orderId, ends: ['dispatched'] }])
  })
})

describe('a handler that fails', () => {
  it('is found among the dead letters, and its order brought home with one charge', async () => {
    await stack.stop('payments')
    const orderId = await shop.place({ ends: 'dispatched' })
    stack.expectLetters({ consumer: 'payments', code: 'HANDLER', orderId })
    await stack.start('payments', { FAIL_HANDLER: `OrderPlaced:${orderId}` })

    await see('letters')
    await button(/^payments HANDLER/).click()
    await tab.shoot('letters-open')
    await tab.page.getByRole('link', { name: /^payments\/\d+$/ }).click()
    await text('Its handler failed: our bug.').waitFor()
    await text(orderId).waitFor()
    await tab.shoot('letter')

    await stack.stop('payments')
    await stack.start('payments')
    await button('Redrive…').click()
    await dialog()
      .getByText(/^Would redrive \d letters? of 1 order\.$/)
      .waitFor()
    await tab.shoot('letter-redrive')
    await button('Redrive it', dialog())
      .or(button(/^Redrive all/, dialog()))
      .click()
    await dialog().getByText('nothing of its order waits here any more').waitFor()
    await dialog()
      .getByRole('link', { name: /^Order / })
      .click()
    await tab.page.locator('header.head').getByText('dispatched').waitFor()

    await see('letters?show=ended')
    await tab.page.getByRole('row', { name: /redriven.*HANDLER/ }).waitFor()
    await see('letters?show=audit')
    await text('dead letter: redrive').waitFor()
    const captures = (await stack.ledgerOf(orderId)).filter(({ kind }) => kind === 'charge')
    expect(captures).toHaveLength(1)
  })
})

describe('a record that breaks its contract, and that nobody emitted', () => {
  it('is told as such, and discarded at every reader', async () => {
    const orderId = await shop.place({ ends: 'dispatched' })
    await shop.until(orderId, 'dispatched')
    const readers = ['orders', 'warehouse', 'loyalty', 'email'] as const
    stack.expectLetters(...readers.map((consumer) => ({ consumer, code: 'CONTRACT_DATA', orderId })))
    await stack.produce('payments.v1', {
      key: orderId,
      value: JSON.stringify({ orderId, amount: 'much' }),
      headers: forgedHeaders(orderId),
    })
    for (const reader of readers) await shop.letterAt(reader, 'CONTRACT_DATA', orderId)

    await see('letters')
    await button(/^email CONTRACT_DATA/).click()
    await tab.page.getByRole('link', { name: /^email\/\d+$/ }).click()
    await text('From no outbox: payments never emitted this.').waitFor()
    await tab.page
      .locator('.payload-line.broken')
      .getByText(/^amount: .*expected/)
      .waitFor()
    await tab.shoot('letter-broken')
    await button('Discard at all 4 readers…').click()
    await dialog().getByText('Would discard 4 letters of 1 order.').waitFor()
    await dialog().getByLabel(/^Why/).fill('forged by a script')
    await button(/^Discard all 4/, dialog()).click()
    await dialog().getByText('4 of 4').waitFor()
    await button('Close', dialog()).last().click()
    await see('letters')
    await text('There is no dead letter.').waitFor()
  })
})

describe('many letters of one cause', () => {
  const bank = 'tok_of_another_bank'

  it('are redriven as long work, which can be cancelled, and begun again', async () => {
    const orders = await Promise.all(Array.from({ length: 8 }, () => shop.place({ token: bank, ends: 'dispatched' })))
    stack.expectLetters(...orders.map((orderId) => ({ consumer: 'payments' as const, code: 'EFFECT_REFUSED', orderId })))
    await see('letters')
    await text('8 letters of 8 orders').waitFor()
    await stack.turn('psp', { accept: [bank] })

    const first = await redriveAll('1')
    await button('Cancel the task…', first).click()
    await button('Cancel the task', dialog().last()).click()
    await first.getByText(/[1-7] of 8 .* cancelled$/).waitFor()
    await tab.shoot('letters-cancelled')
    await button('Close', first).last().click()

    const second = await redriveAll('50')
    await second.getByText(/of \d .* done$/).waitFor()
    await button('Close', second).last().click()
    for (const orderId of orders) await shop.until(orderId, 'dispatched')
    await text('There is no dead letter.').waitFor()
  })

  /** Opens the dialog, looks, and begins. */
  async function redriveAll(rate: string): Promise<Locator> {
    await button('Redrive all…').first().click()
    await dialog()
      .getByText(/^Would redrive \d letters? of \d orders?\.$/)
      .waitFor()
    await dialog()
      .getByLabel(/a second$/)
      .fill(rate)
    await button(/^Redrive (all|it)/, dialog()).click()
    return dialog().first()
  }
})

describe('a consumer that is paused on the page', () => {
  it('falls behind in words, and drains once it is resumed', async () => {
    await see('lag')
    const group = tab.page.getByRole('region', { name: 'Group email' })
    await button('Pause…', group).click()
    await dialog().getByLabel(/^Why/).fill('the mail server moves')
    await button('Pause it', dialog()).click()
    await group.getByText('Paused by console: “the mail server moves”.').waitFor()

    const orders = await Promise.all(Array.from({ length: 4 }, () => shop.place({ ends: 'dispatched' })))
    for (const orderId of orders) await shop.until(orderId, 'dispatched')
    await text(/email is \d+ behind, the oldest for .*: its consumer is paused\./).waitFor()
    await tab.shoot('lag-paused')

    await button('Resume…', group).click()
    await button('Resume it', dialog()).click()
    await text('Every group keeps up.').waitFor()
  })
})

describe('what is broken on purpose on the page', () => {
  const region = (name: string) => tab.page.getByRole('region', { name, exact: true })

  it('is a provider for whom charges wait, until it is back by itself, and every order ends', async () => {
    await see('break')
    const down = region('It is down')
    await down.getByRole('spinbutton', { name: 'seconds' }).fill('12')
    await button('Break it', down).click()
    await down.getByText(/undone by itself in \d+ s/).waitFor()
    await tab.shoot('break')
    const orders = await Promise.all(Array.from({ length: 3 }, () => shop.place({ ends: 'dispatched' })))
    await see('outbox')
    await text('charge-card').waitFor()
    await see('break')
    await tab.page.reload()
    await down.getByText(/undone by itself in/).waitFor()
    expect(await Promise.all(orders.map(async (orderId) => (await shop.order(orderId)).status))).toEqual(Array(3).fill('placed'))

    await down.getByText('It is over, and undone.').waitFor()
    for (const orderId of orders) {
      await shop.until(orderId, 'dispatched', 60_000)
      expect((await stack.ledgerOf(orderId)).filter(({ kind }) => kind === 'charge')).toHaveLength(1)
    }
  })

  it('is a delivery twice, of which nothing comes', async () => {
    const twice = region('Deliver twice')
    await button('orders', twice).click()
    await twice.getByText(/^orders: Of orders\.v1 published again: [1-9]\d*\.$/).waitFor()
  })

  it('is no process where no demo could start it again', async () => {
    await text('only where the demo runs them').waitFor()
    expect(await region('Kill a service').count()).toBe(0)
  })
})

describe('the page', () => {
  const looks: readonly Look[] = [{}, { theme: 'dark' }, { width: 390, height: 844 }, { theme: 'dark', width: 390, height: 844 }]
  const views = ['flow', 'place', 'orders', 'lag', 'letters', 'outbox', 'contracts', 'break'] as const

  it('shows every view of the real thing, and no view breaks a rule of accessibility', async () => {
    for (const look of process.env.CONSOLE_SHOTS ? looks : looks.slice(0, 1)) {
      const other = await openTab(browser, board.url, look)
      for (const view of views) {
        await other.page.goto(`${board.url}/#/${view}`)
        await other.settled()
        if (look === looks[0]) expect({ view, barriers: await other.barriers() }).toEqual({ view, barriers: [] })
        await other.shoot(view)
      }
      expect(other.complaints()).toEqual([])
      await other.page.context().close()
    }
  })

  it('can be walked with the keyboard alone', async () => {
    const { keyboard } = tab.page
    const titles = { f: 'Flow', o: 'Orders', l: 'Lag', d: 'Dead letters', x: 'Outbox', c: 'Contracts', b: 'Break it', p: 'Place an order' }
    for (const [key, name] of Object.entries(titles)) {
      await keyboard.press('g')
      await keyboard.press(key)
      await tab.page.getByRole('heading', { level: 1, name }).waitFor()
    }
    await keyboard.press('g')
    await keyboard.press('o')
    await tab.page.locator('[data-row]').first().waitFor()
    await keyboard.press('j')
    await keyboard.press('Enter')
    await tab.page.getByRole('heading', { level: 1, name: /^Order/ }).waitFor()
    await keyboard.press('?')
    await dialog().waitFor()
    await keyboard.press('Escape')
    await dialog().waitFor({ state: 'detached' })
  })

  it('complained of nothing so far', () => {
    expect(tab.complaints()).toEqual([])
  })

  it('says that the console is away, and goes on by itself when it is back', async () => {
    await see('flow')
    await board.stop()
    await text('The console does not answer.').waitFor()
    await board.start()
    await tab.page.getByText('live', { exact: true }).waitFor()
    const orderId = await shop.place({ ends: 'dispatched' })
    await see(`orders/${orderId}`)
    await tab.page.locator('header.head').getByText('dispatched').waitFor()
    tab.complaints() // of a stream that broke off, as it should
  })
})

describe('all that was clicked', () => {
  it('broke no promise', async () => {
    expect(await stack.violations()).toEqual([])
    await waitFor(async () => (await shop.letters('warehouse', { open: 'true' })).length === 0, { what: 'no letter', deadline: 5_000 })
  })
})
