import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { waitFor } from '@quadrille/testing'
import type { Browser, Page } from 'playwright-core'
import { createFakeConsole } from '../../apps/console/test/fake/server.ts'
import { strangersOrder } from '../../apps/console/test/fake/stranger.ts'
import { type Look, openBrowser, openTab, type Tab } from './browser.ts'

jest.setTimeout(180_000)

const views = [
  'flow',
  'place',
  'orders',
  'orders?status=stuck',
  'lag',
  'letters',
  'letters?group=warehouse/HANDLER',
  'letters/email/3',
  'outbox',
  'contracts',
  'break',
] as const
// Colours are the same wide and narrow, and rules the same in light and dark: all of them are asked once, and contrast in the dark.
const looks: readonly (Look & { readonly rules: 'all' | 'contrast' | 'none' })[] = [
  { theme: 'light', rules: 'all' },
  { theme: 'dark', rules: 'contrast' },
  { theme: 'light', width: 390, height: 844, rules: 'none' },
  { theme: 'dark', width: 390, height: 844, rules: 'none' },
]

/** A world that stands still, with 10,000 orders, and letters of every kind. */
const app = createFakeConsole()
const busy = createFakeConsole({ everyMs: 5 })
let browser: Browser
let url: string

beforeAll(async () => {
  url = await app.listen({ host: '127.0.0.1', port: 0 })
  browser = await openBrowser()
})
afterAll(async () => {
  await browser?.close()
  await Promise.all([app.close(), busy.close()])
})

describe('every view', () => {
  it.each(looks)('breaks no rule of accessibility, complains of nothing, and fits: %j', async (look) => {
    const tab = await openTab(browser, url, look)
    for (const view of views) {
      await tab.page.goto(`${url}/#/${view}`)
      await tab.page.locator(`.nav a[aria-current="page"][href="#/${view.split(/[/?]/)[0]}"]`).waitFor()
      await tab.settled()
      const wide = await tab.page.evaluate('document.documentElement.scrollWidth > innerWidth')
      const cut = await tab.page.evaluate(statusesCut)
      expect({ view, barriers: await barriersIn(tab, look.rules), wide, cut, complaints: tab.complaints() }).toEqual({
        view,
        barriers: [],
        wide: false,
        cut: [],
        complaints: [],
      })
      await tab.shoot(view.replaceAll(/[/?=]/g, '-'))
    }
    await tab.page.context().close()
  })
})

/** In the browser: what is told of orders, and has not the room for it. */
const statusesCut = `[...document.querySelectorAll('td.status')].filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.textContent.trim())`

const barriersIn = async (tab: Tab, rules: 'all' | 'contrast' | 'none') =>
  rules === 'none' ? [] : tab.barriers(rules === 'all' ? undefined : 'color-contrast')

describe('an order that nothing but dead letters tells of', () => {
  it('is named beside the stuck ones, and says who parked it and what is to be done', async () => {
    const tab = await openTab(browser, url, { width: 390, height: 844 })
    await tab.page.goto(`${url}/#/orders?status=stuck`)
    await tab.page.getByText('1 more is known from dead letters alone.').waitFor()
    await tab.page.getByRole('link', { name: '00100003' }).click()
    await tab.page.getByRole('heading', { name: 'Known from dead letters alone' }).waitFor()
    await tab.settled()
    const main = await tab.page.locator('main').textContent()
    expect(main).toContain('2 dead letters with this key, at orders, email.')
    expect(main).toContain(`ops orders show ${strangersOrder}`)
    expect(await tab.barriers()).toEqual([])
    await tab.shoot('order-stranger')
    await tab.page.getByRole('link', { name: 'email/3' }).first().click()
    await tab.page.getByRole('heading', { level: 1, name: 'email/3' }).waitFor()
    await tab.page.context().close()
  })
})

describe('a console that starts again while long work is looked at', () => {
  it('is asked for that work once', async () => {
    const [first, second] = [createFakeConsole(), createFakeConsole()]
    const { page } = await openTab(browser, await first.listen({ host: '127.0.0.1', port: 0 }))
    const port = Number(new URL(page.url()).port)
    const asked: unknown[] = []
    page.on('request', (request) => {
      if (request.method() !== 'POST' || !request.url().endsWith('/admin/tasks')) return
      if (request.postDataJSON().dryRun !== true) asked.push(request.postDataJSON())
    })
    await page.goto(`${page.url().split('#')[0]}#/letters`)
    await page.getByRole('button', { name: 'Redrive all…' }).first().click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: /^Redrive (all|it)/ }).click()
    await dialog.getByText(/^task \d+ of/).waitFor()
    await first.close()
    await page.getByText('The console does not answer.').waitFor()
    await second.listen({ host: '127.0.0.1', port })
    const looked = page.waitForResponse((answer) => answer.url().endsWith('/admin/tasks') && answer.ok())
    await page.getByText('live', { exact: true }).waitFor()
    await looked
    expect(asked).toHaveLength(1)
    await page.context().close()
    await second.close()
  })
})

describe('a list of 10,000 orders', () => {
  it('is as smooth at its end as at its beginning, since only what is in sight is drawn', async () => {
    const { page } = await openTab(browser, url)
    await page.goto(`${url}/#/orders`)
    const rows = page.locator('.rows tbody tr.does')
    await rows.first().waitFor()
    const long = await page.evaluate(scrollDown)
    expect(await rows.count()).toBeLessThan(120)
    expect(long.scrolled).toBeGreaterThan(40_000)
    process.stdout.write(`slowest frame ${Math.round(long.slowestMs)} ms; the goal on a quiet laptop is 50 ms\n`)
    await page.context().close()
  })
})

/** In the browser: to the end, screen by screen, with the longest time that nothing could be drawn. */
const scrollDown = `(async () => {
  const box = document.querySelector('.rows')
  let slowestMs = 0
  let last = performance.now()
  for (let turn = 0; turn < 300; turn += 1) {
    box.scrollTop += 700
    await new Promise((drawn) => requestAnimationFrame(drawn))
    slowestMs = Math.max(slowestMs, performance.now() - last)
    last = performance.now()
  }
  return { scrolled: box.scrollTop, slowestMs }
})()` as unknown as () => Promise<{ scrolled: number; slowestMs: number }>

describe('without the token', () => {
  const closed = createFakeConsole({ token: null })
  afterAll(() => closed.close())

  it('everything is seen that is no operator’s, and a change says what it needs', async () => {
    const { page } = await openTab(browser, await closed.listen({ host: '127.0.0.1', port: 0 }))
    await page.goto(`${page.url().split('#')[0]}#/lag`)
    const group = page.getByRole('region', { name: 'Group orders' })
    await group.getByRole('button', { name: 'Pause…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Changes need the operators’ token.').waitFor()
    await dialog.getByLabel(/^Why/).fill('a look')
    expect(await dialog.getByRole('button', { name: 'Pause it' }).isDisabled()).toBe(true)
    await page.context().close()
  })
})

describe('500 events a second', () => {
  it('leave the heap as it is, and take no task of 50 ms', async () => {
    const { page } = await openTab(browser, await busy.listen({ host: '127.0.0.1', port: 0 }))
    await page.goto(`${page.url().split('#')[0]}#/orders`)
    await page.locator('.rows tbody tr.does').first().waitFor()
    const heap = async () => {
      const session = await page.context().newCDPSession(page)
      await session.send('HeapProfiler.collectGarbage')
      const { usedSize } = await session.send('Runtime.getHeapUsage')
      return usedSize / 1_000_000
    }
    const chip = page.getByRole('button', { name: /^all/ })
    const count = async () => Number((await chip.textContent())?.replaceAll(/\D/g, ''))
    const more = async (orders: number) => {
      const first = await count()
      await waitFor(async () => (await count()) >= first + orders, { what: `${orders} more orders`, deadline: 60_000 })
    }
    await more(300)
    const before = await heap()
    const longestMs = await longestTask(page, () => more(800))
    expect((await heap()) - before).toBeLessThan(10)
    expect(longestMs).toBeLessThan(50)
    process.stdout.write(`the longest task took ${Math.round(longestMs)} ms of its thread's time\n`)
    await page.context().close()
  })
})

/** Of the page's main thread, while something goes on: the time of the processor, since on a busy machine a clock tells of the others, too. */
async function longestTask(page: Page, during: () => Promise<void>): Promise<number> {
  const session = await page.context().newCDPSession(page)
  const events: TraceEvent[] = []
  session.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])))
  const traceConfig = { includedCategories: ['disabled-by-default-devtools.timeline', '__metadata'] }
  await session.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig })
  await during()
  const whole = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve))
  await session.send('Tracing.end')
  await whole
  const thread = ({ pid, tid }: TraceEvent) => `${pid}/${tid}`
  const main = new Set(events.filter(({ args }) => args?.name === 'CrRendererMain').map(thread))
  const tasks = events.filter((event) => event.name === 'RunTask' && main.has(thread(event)))
  expect(tasks.length).toBeGreaterThan(100)
  return Math.max(...tasks.map(({ tdur = 0 }) => tdur)) / 1_000
}

interface TraceEvent {
  readonly name: string
  readonly pid: number
  readonly tid: number
  /** Of the thread's own time, in microseconds. */
  readonly tdur?: number
  readonly args?: { readonly name?: string }
}
