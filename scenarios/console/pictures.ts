import { resolve } from 'node:path'
import type { Browser } from 'playwright-core'
import { type Look, openBrowser, openTab } from './browser.ts'

// Takes the pictures of docs/console.md from a demo that runs: every view, wide and narrow, light and dark.
const url = process.env.CONSOLE_URL ?? 'http://127.0.0.1:3000'
process.env.CONSOLE_SHOTS = resolve(import.meta.dirname, '../../docs/pictures/console')

const wide = { width: 1280, height: 800 }
const narrow = { width: 390, height: 844 }
const looks: readonly Look[] = (['light', 'dark'] as const).flatMap((theme) => [wide, narrow].map((size) => ({ theme, ...size })))

const titles: Readonly<Record<string, RegExp>> = {
  ...{ flow: /^Flow/, place: /^Place/, orders: /^Orders/, order: /^Order /, lag: /^Lag/, letters: /^Dead letters/ },
  ...{ outbox: /^Outbox/, break: /^Break it/, contracts: /^Contracts/ },
}

async function shootAll(browser: Browser, look: Look, views: Readonly<Record<string, string>>): Promise<void> {
  const tab = await openTab(browser, url, look)
  for (const [name, view] of Object.entries(views)) {
    await tab.page.goto(`${url}/#/${view}`)
    await tab.page.getByRole('heading', { level: 1, name: titles[name]! }).waitFor()
    await tab.settled()
    await tab.shoot(name)
  }
  await tab.page.context().close()
}

/** One under way, if there is one: its page has most to tell. */
async function orderToShow(): Promise<string> {
  for (const query of ['&status=paid', '&status=dispatched', '']) {
    const { rows } = (await (await fetch(`${url}/api/orders?limit=1${query}`)).json()) as { rows: { orderId: string }[] }
    if (rows[0]) return `orders/${rows[0].orderId}`
  }
  throw new Error(`${url} knows no order yet: place some`)
}

const browser = await openBrowser()
try {
  const views = { ...Object.fromEntries(Object.keys(titles).map((name) => [name, name])), order: await orderToShow() }
  for (const look of looks) await shootAll(browser, look, views)
} finally {
  await browser.close()
}
