import { mkdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { waitFor } from '@quadrille/testing'
import Chromium, { inflate } from '@sparticuz/chromium'
import { type Browser, chromium, type Page } from 'playwright-core'

/** What is told of a view that breaks the rules of accessibility. */
export interface Barrier {
  readonly rule: string
  readonly where: string
}

/** A page in a real browser, and whatever it complained of. */
export interface Tab {
  readonly page: Page
  /** Since the last look. */
  complaints(): string[]
  /** Resolves when nothing on the page is being loaded for the first time. */
  settled(): Promise<void>
  /** What axe finds on the page as it is now; by one rule, where one is named. */
  barriers(rule?: string): Promise<Barrier[]>
  /** Into `CONSOLE_SHOTS`, where that is named. */
  shoot(name: string): Promise<void>
}

const require = createRequire(import.meta.url)

// Chromium comes with the packages; in a container it has neither a GPU nor rights for its own sandbox.
const ARGUMENTS = ['--no-sandbox', '--no-zygote', '--disable-gpu', '--disable-dev-shm-usage', '--font-render-hinting=none']

export async function openBrowser(): Promise<Browser> {
  const executablePath = await Chromium.executablePath()
  const launch = (more = {}) => chromium.launch({ executablePath, args: ARGUMENTS, headless: true, env: { ...process.env, ...more } })
  return launch().catch(async (error: Error) => {
    if (!error.message.includes('shared libraries')) throw error
    // A machine that never had a browser may lack what browsers need; that comes with the package, too.
    const libraries = await inflate(join(dirname(require.resolve('@sparticuz/chromium')), '../bin/al2023.tar.br'))
    return launch({ LD_LIBRARY_PATH: join(libraries, 'lib') })
  })
}

/** A service that has no time says so with a 503, which the browser notes and the page shows: no fault of the page. */
const isBusy = (complaint: string) => complaint.includes('the server responded with a status of 503')

export interface Look {
  readonly theme?: 'light' | 'dark'
  readonly width?: number
  readonly height?: number
}

export async function openTab(browser: Browser, url: string, { theme = 'light', width = 1280, height = 800 }: Look = {}): Promise<Tab> {
  const context = await browser.newContext({ colorScheme: theme, viewport: { width, height }, locale: 'en-GB', reducedMotion: 'reduce' })
  const page = await context.newPage()
  page.setDefaultTimeout(20_000)
  let heard: string[] = []
  page.on(
    'console',
    (message) => message.type() === 'error' && !isBusy(message.text()) && heard.push(`${message.text()} ${message.location().url}`),
  )
  page.on('pageerror', (error) => heard.push(error.stack ?? error.message))
  await page.goto(url)
  return {
    page,
    complaints() {
      const all = heard
      heard = []
      return all
    },
    async settled() {
      await page.getByRole('heading', { level: 1 }).waitFor()
      await waitFor(async () => (await page.locator('.loading').count()) === 0, { what: 'everything to be there', deadline: 20_000 })
    },
    barriers: (rule) => barriersOn(page, rule),
    shoot: (name) => shootInto(process.env.CONSOLE_SHOTS, page, `${name}-${theme}-${width}x${height}`),
  }
}

// A CommonJS package whose types say otherwise.
const { AxeBuilder } = require('@axe-core/playwright') as typeof import('@axe-core/playwright')

async function barriersOn(page: Page, rule?: string): Promise<Barrier[]> {
  // In the page itself, which has no frames, and without a tab of axe's own: 3 times as fast.
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ preload: false, resultTypes: ['violations'] })
  const { violations } = await (rule ? axe.withRules(rule) : axe).analyze()
  return violations.flatMap(({ id, nodes }) =>
    nodes.slice(0, 3).map(({ target, any }) => ({ rule: id, where: `${target.join(' ')} ${any[0]?.message ?? ''}` })),
  )
}

async function shootInto(folder: string | undefined, page: Page, name: string): Promise<void> {
  if (!folder) return
  await mkdir(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' })
}
