import { globSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { readAddresses } from '../src/addresses.ts'
import { commands } from '../src/commands/index.ts'
import { helpOf, page } from '../src/help.ts'
import { findToken } from '../src/token.ts'
import { nowhere, orderId, READ_TOKEN, town } from './fakes.ts'

const root = new URL('../../../', import.meta.url).pathname

describe('the help', () => {
  it('is the page docs/ops.md (pnpm ops:docs writes it)', () => {
    expect(readFileSync(join(root, 'docs/ops.md'), 'utf8')).toBe(page(commands))
  })

  it.each(commands.map((command) => [command.name, command] as const))(
    'fits a terminal, and shows examples that parse: ops %s',
    async (name, command) => {
      const run = nowhere()
      expect((await run(...name.split(' '), '--help')).out).toBe(helpOf(command))
      expect(helpOf(command)).not.toMatch(/.{150}/)
      for (const [line] of command.examples) {
        expect(line).toMatch(new RegExp(`^${name}( |$)`))
        const words = line.match(/"[^"]*"|\S+/g)!.map((word) => word.replaceAll('"', ''))
        expect((await run(...words)).exit).not.toBe(2)
      }
    },
  )

  it.each([
    [[], 0, 'Brings orders home'],
    [['--help'], 0, 'Brings orders home'],
    [['dlq', '--help'], 0, 'what is parked, at which service'],
    [['tasks', 'begin'], 2, 'there is no command "tasks begin": use tasks ls, tasks watch, tasks cancel'],
    [['dance'], 2, 'there is no command "dance": use doctor, lag'],
    [['lag', 'now'], 2, '"now" is too much: see ops lag --help'],
  ])('is given where it is needed: ops %j', async (args, exit, words) => {
    const answer = await nowhere()(...args)
    expect({ exit: answer.exit, said: answer.out + answer.err }).toEqual({ exit, said: expect.stringContaining(words) })
  })
})

describe('the way in', () => {
  it('is where the demo listens, or where a variable says', () => {
    expect(readAddresses({}).services.loyalty.url).toBe('http://127.0.0.1:3003')
    const moved = readAddresses({ LOYALTY_PORT: '4003', EMAIL_URL: 'http://email:3004/', KAFKA_BROKERS: 'a:1,b:2' })
    expect([moved.services.loyalty.url, moved.services.email.url, moved.brokers]).toEqual([
      'http://127.0.0.1:4003',
      'http://email:3004',
      ['a:1', 'b:2'],
    ])
  })

  it("is the environment's token, or that of a demo that runs here", () => {
    const dir = mkdtempSync(join(tmpdir(), 'ops-'))
    writeFileSync(join(dir, 'ops-token'), 'of-the-demo')
    const demo = (pid: number) => pid === 42
    expect(findToken({ OPS_TOKEN: 'own', DEMO_DIR: dir }, demo)).toBe('own')
    expect(findToken({ OPS_TOKEN: 'own', OPS_READ_TOKEN: 'look' }, demo)).toBe('own')
    expect(findToken({ OPS_READ_TOKEN: 'look', DEMO_DIR: dir }, demo)).toBe('look')
    expect(() => findToken({ DEMO_DIR: dir }, demo)).toThrow(
      /^no OPS_TOKEN, and no demo runs in the folder DEMO_DIR names: export OPS_TOKEN .*, or DEMO_DIR/,
    )
    writeFileSync(join(dir, 'demo.pid'), '42')
    expect(findToken({ DEMO_DIR: dir }, demo)).toBe('of-the-demo')
    writeFileSync(join(dir, 'demo.pid'), '43')
    expect(() => findToken({ DEMO_DIR: dir }, demo)).toThrow('no OPS_TOKEN')
  })

  it('says what to do where the token is another', async () => {
    const { run } = await town({ env: { OPS_TOKEN: 'another-one' } })
    const { exit, err } = await run('orders', 'show', orderId)
    expect(exit).toBe(1)
    expect(err).toBe('orders: This is for operators: send the OPS_TOKEN of this service as a bearer token')
  })

  it('lets whoever may only look do that, and says what a change needs', async () => {
    const { run } = await town({ env: { OPS_TOKEN: '', OPS_READ_TOKEN: READ_TOKEN } })
    expect(await run('consumer')).toMatchObject({ exit: 0 })
    expect(await run('dlq', 'redrive', '--all', '--dry-run')).toMatchObject({ exit: 0 })
    expect(await run('consumer', 'pause', 'email', '--reason', 'it moves')).toMatchObject({
      ...{
        exit: 1,
        err: expect.stringMatching(/^email: This token only looks: OPS_READ_TOKEN may GET, .* send the OPS_TOKEN of this service$/),
      },
    })
    expect(await run('consumer')).toMatchObject({ exit: 0 })
  })

  it.each(['grace', 'Зоя, 100%'])('is asked for by a name, which the audit keeps: %s', async (OPERATOR) => {
    const { run, audited } = await town({ env: { OPERATOR } })
    await run('consumer', 'resume', 'email')
    expect(audited.email).toMatchObject([{ operator: OPERATOR, action: 'POST /admin/consumer/resume' }])
  })
})

describe('the runbooks', () => {
  const pages = globSync('docs/runbooks/*.md', { cwd: root })
  const lines = pages.flatMap((page) => {
    const quoted = readFileSync(join(root, page), 'utf8').matchAll(/(?:pnpm@12 |`)ops ([a-z][^\n`#]*)/g)
    return [...quoted].map(([, line]) => ({ page, line: line!.trim() }))
  })

  it('quote the command line', () => expect(lines.length).toBeGreaterThan(15))

  it.each(lines)('quote what there is: $page, ops $line', async ({ line }) => {
    const run = nowhere()
    const words = line
      .replaceAll('$ORDER', orderId)
      .match(/"[^"]*"|\S+/g)!
      .map((word) => word.replaceAll('"', ''))
    // Mentioned without an argument, a command is not used wrongly.
    const { exit, err } = await run(...words)
    expect({ exit, err }).toEqual(/ needs \[?[A-Z]/.test(err) ? expect.anything() : { exit: 130, err: expect.any(String) })
  })
})
