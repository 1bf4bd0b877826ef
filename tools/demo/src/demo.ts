import { setTimeout as pause } from 'node:timers/promises'
import { type Ports, readControlPort, readPorts, refuseTakenPorts, takenPorts } from './addresses.ts'
import { Refusal, readArguments, type Wishes } from './arguments.ts'
import { callerGone } from './callers.ts'
import { createChecklist, seconds } from './checklist.ts'
import { openControl } from './control.ts'
import { databaseOf, type Service, type Site, services } from './parts.ts'
import { createRelays } from './relays.ts'
import { createScreen, type Screen } from './screen.ts'
import { openState, stateDir } from './state.ts'
import { help, welcome } from './words.ts'
import { createWorld, type World } from './world.ts'

/** Runs the demo until it is done or asked to stop; gives the exit code. */
export async function demo(args: readonly string[]): Promise<number> {
  try {
    const wishes = readArguments(args)
    if (!wishes.help) return await inItsFolder(wishes)
    console.log(help)
    return 0
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    console.error(error.message)
    return 1
  }
}

async function inItsFolder(wishes: Wishes): Promise<number> {
  const ports = readPorts(process.env)
  const dir = stateDir(process.env)
  const { opsToken, leftovers, close } = await openState(dir, wishes.fresh)
  try {
    if (leftovers) await leftoversGone(ports)
    await refuseTakenPorts(ports)
    return await controlled({ dir, ports, opsToken }, wishes)
  } finally {
    await close()
  }
}

/** Whatever a killed demo had started is being stopped by its undertakers, in at most 10 s. */
async function leftoversGone(ports: Ports): Promise<void> {
  for (let tries = 0; tries < 60 && (await takenPorts(ports)).length > 0; tries++) await pause(200)
}

/** With a door of its own, through which the console breaks parts on purpose. */
async function controlled(site: Site, wishes: Wishes): Promise<number> {
  const screen = createScreen(process.stdout)
  const part = (name: string) => world.part(name)
  const relay = createRelays({ databaseOf: (name) => services.find((one) => one === name) && databaseOf(site, name as Service) })
  const control = await openControl(readControlPort(process.env), { token: site.opsToken, part, relay })
  const say = (text: string) => screen.print(`${new Date().toTimeString().slice(0, 8)} ${text}`)
  const world = createWorld({ ...site, controlUrl: control.url }, say)
  return await onStage(site, world, wishes, screen).finally(control.close)
}

async function onStage(site: Site, world: World, wishes: Wishes, screen: Screen): Promise<number> {
  const asked = stopAsked(world)
  const checklist = createChecklist(screen)
  const played = world
    .start(checklist)
    .finally(checklist.close)
    .then(() => play(site, wishes, screen))
  try {
    return await Promise.race([played, asked])
  } catch (error) {
    screen.print(`\nThe demo cannot go on: ${(error as Error).message}\nLogs: ${site.dir}/logs`)
    return 1
  } finally {
    checklist.close()
    await bowOut(world, screen)
  }
}

/** From ready to done; without orders that is never. */
async function play(site: Site, wishes: Wishes, screen: Screen): Promise<number> {
  screen.print(`\nReady in ${seconds(process.uptime() * 1000)}.`)
  if (wishes.orders !== undefined) {
    const { runOrders } = await import('./orders/run.ts') // the checker costs a plain start nothing
    const code = await runOrders(site, { ...wishes, orders: wishes.orders }, screen)
    if (!wishes.keep) return code
  }
  screen.print(`${welcome(site)}\nCtrl-C stops everything.`)
  return await new Promise<number>(() => {})
}

async function bowOut(world: World, screen: Screen): Promise<void> {
  const began = performance.now()
  screen.print('Stopping: console, then services, then mail sink and payment provider, then Kafka and PostgreSQL (Ctrl-C again: at once).')
  await world.stop()
  screen.print(`Stopped in ${seconds(performance.now() - began)}. State is kept in the folder; --fresh empties it.`)
}

/** Resolves at the first SIGINT or SIGTERM, or when who called us is gone; at the second nobody is waited for. */
function stopAsked(world: World): Promise<number> {
  return new Promise((resolve) => {
    let times = 0
    const asked = () => {
      if (++times === 1) return resolve(0)
      world.kill()
      process.exit(130)
    }
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, asked)
    void callerGone().then(() => times === 0 && asked())
  })
}
