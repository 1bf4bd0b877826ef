import { services } from '@quadrille/ops'
import type { Fault, FaultId, ServiceName } from '../api-types.ts'
import { reads } from '../reads.ts'

// The demo lets a part go on by itself after 120 s, and it begins to count before we do.
const MOST_SECONDS = 100
const USUAL = { seconds: 45, mostSeconds: MOST_SECONDS }

const PLACE = { view: 'place', title: 'Place an order' }
const LAG = { view: 'lag', title: 'Lag' }
const LETTERS = { view: 'letters', title: 'Dead letters' }
const OUTBOX = { view: 'outbox', title: 'Outbox' }
const FLOW = { view: 'flow', title: 'Flow' }
const listed = (status: string, title: string) => ({ view: 'orders', query: { status }, title })

/** Those whose topics anybody reads. */
const read: readonly ServiceName[] = services.filter((name) => Object.values(reads).some((from) => from.includes(name)))
export const readersOf = (emitter: ServiceName): ServiceName[] => services.filter((name) => reads[name].includes(emitter))

const provider: readonly Fault[] = [
  {
    ...{ id: 'psp-down', of: 'Payment provider', title: 'It is down', ...USUAL, targets: [], number: null },
    does: 'It answers 503 to every charge and refund.',
    see: 'New orders stay placed: their charges wait, and are tried again later and later. Lag stays at zero, since nobody waits for the provider while reading events. When it is back every order goes on, with one charge each.',
    where: [PLACE, listed('placed', 'Orders that are placed'), OUTBOX],
  },
  {
    ...{ id: 'psp-declines', of: 'Payment provider', title: 'It declines cards', ...USUAL, targets: [] },
    number: { label: 'of 100 new charges', least: 1, most: 100, usual: 50 },
    does: 'It declines so many new charges.',
    see: 'Some new orders end as payment failed: the stock that was reserved goes back, and a mail tells the customer.',
    where: [PLACE, listed('payment_failed', 'Orders whose payment failed')],
  },
  {
    ...{ id: 'psp-slow', of: 'Payment provider', title: 'It is slow', ...USUAL, targets: [] },
    number: { label: 'seconds late', least: 1, most: 20, usual: 3 },
    does: 'It books at once and answers late.',
    see: 'Orders take that much longer from placed to paid, and no other service does. Beyond 5 s payments stops waiting: it asks whether the charge was made before it tries again, and nobody is charged twice.',
    where: [PLACE, listed('open', 'Orders under way'), OUTBOX],
  },
]

const mail: readonly Fault[] = [
  {
    ...{ id: 'mail-down', of: 'Mail server', title: 'It refuses mails', ...USUAL, targets: [], number: null },
    does: 'It answers 451 to every mail.',
    see: 'Orders are dispatched all the same. Their mails wait as effects of email, and are sent when it is over.',
    where: [PLACE, OUTBOX],
  },
  {
    ...{ id: 'mail-loses', of: 'Mail server', title: 'It loses answers', ...USUAL, targets: [] },
    number: { label: 'mails', least: 1, most: 20, usual: 3 },
    does: 'It keeps the next mails, and hangs up before it says so.',
    see: 'Email cannot know that these were taken, and sends each once more with the same Message-ID: the mailbox shows it twice. Of all that is done here, a mail alone may come twice.',
    where: [PLACE, OUTBOX],
  },
]

const consumers: readonly Fault[] = [
  {
    ...{ id: 'pause', of: 'Consumers and records', title: 'Pause a consumer', ...USUAL, targets: services, number: null },
    does: 'All instances of the service read nothing more, and stay members of their group.',
    see: 'Its group falls behind, in messages and in seconds, and orders wait for it where they need it. Then it catches up.',
    where: [LAG, PLACE],
  },
  {
    ...{
      id: 'poison',
      of: 'Consumers and records',
      title: 'A record that nobody can read',
      seconds: 120,
      mostSeconds: 600,
      targets: read,
      number: null,
    },
    does: 'Writes bytes that are no event into the topic of the service.',
    see: 'It becomes a dead letter at every reader of the topic, and no order waits for it. Letters that are still open when the time is over are discarded, as the audit tells.',
    where: [LETTERS, LAG],
  },
  {
    ...{ id: 'twice', of: 'Consumers and records', title: 'Deliver twice', seconds: 0, mostSeconds: 0, targets: read },
    number: { label: 'last records', least: 1, most: 200, usual: 20 },
    does: 'Publishes the last records of the topic once more, as they are.',
    see: 'The rate rises for a moment, and nothing else happens: every reader finds them in its inbox and passes them by. No order changes, nobody is charged or mailed again.',
    where: [FLOW, { view: 'orders', title: 'Orders' }],
  },
]

const processes: readonly Fault[] = [
  {
    ...{ id: 'kill', of: 'Processes', title: 'Kill a service', seconds: 10, mostSeconds: 10, targets: services, number: null },
    does: 'Ends the process at once (SIGKILL), in the middle of whatever it does.',
    see: 'It does not answer for some seconds; the demo starts it again. What it had begun is done again from the beginning, and takes effect once.',
    where: [FLOW, PLACE],
  },
  {
    ...{
      id: 'freeze',
      of: 'Processes',
      title: 'Freeze a service',
      seconds: 20,
      mostSeconds: MOST_SECONDS,
      targets: services,
      number: null,
    },
    does: 'The process stands still (SIGSTOP): its connections stay open, and it says nothing.',
    see: 'It does not answer; after 10 s Kafka takes its partitions away. When it goes on it joins again, and catches up.',
    where: [FLOW, LAG],
  },
  {
    ...{ id: 'relay', of: 'Processes', title: 'Stop a relay', seconds: 30, mostSeconds: MOST_SECONDS, targets: services, number: null },
    does: 'The demo takes the lease of the service’s relay, and sends nothing: within 3 s nobody moves its outbox to Kafka.',
    see: 'Its waiting rows rise in Outbox, with break-it as the holder. Of orders: new ones are taken and stay placed, since nobody hears of them. Nothing is lost: when it is over, all of it goes out in order.',
    where: [PLACE, OUTBOX, listed('placed', 'Orders that are placed')],
  },
  {
    ...{ id: 'kafka-stop', of: 'Processes', title: 'Stop Kafka', seconds: 15, mostSeconds: MOST_SECONDS, targets: [], number: null },
    does: 'The only broker is stopped, and started again.',
    see: 'Orders are still taken: their events wait in the outboxes. Lag is as old as it says. When Kafka is back all of them go on by themselves.',
    where: [PLACE, OUTBOX, LAG],
  },
]

const NEEDS_DEMO: ReadonlySet<FaultId> = new Set(['kill', 'freeze', 'relay', 'kafka-stop'])

/** Processes are broken through the demo, which also starts them again. */
export const faultsOf = (demo: boolean): readonly Fault[] =>
  [...provider, ...mail, ...consumers, ...processes].filter(({ id }) => demo || !NEEDS_DEMO.has(id))

export const ABSENT =
  'Services, relays and Kafka are killed, frozen and stopped only where the demo runs them: here whoever runs them can do it.'
