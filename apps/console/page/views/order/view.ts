import type { OrderDetails, OrderStory } from '../../../src/api-types.ts'
import { type Child, html, part, useEffect, useMemo, useState, type VNode } from '../../html.ts'
import { hrefOf } from '../../router.ts'
import { opened } from '../../shell/keys.ts'
import { ask } from '../../store/ask.ts'
import { type Loaded, useLoad } from '../../store/load.ts'
import { Problem } from '../../store/problem.ts'
import { useOperator } from '../../store/session.ts'
import { onOrders } from '../../store/stream.ts'
import { button } from '../../widgets/button.ts'
import { callout, failed, loading, nothing } from '../../widgets/state.ts'
import { twin } from '../../widgets/twin.ts'
import { PauseOrResume } from '../outbox/consumers.ts'
import { details } from './details.ts'
import { OrderHead } from './head.ts'
import { timeRows } from './rows.ts'
import { unreadOrder } from './unread.ts'
import { unreadWords } from './unread-words.ts'
import { legend, Waterfall } from './waterfall.ts'

// What services do without an event, such as an effect that fails again, is asked for.
const ASK_MS = 3_000

/** One order: everything that happened to it, where it stands, and why it goes no further. */
export function Order({ orderId }: { readonly orderId: string }): VNode {
  const { token } = useOperator()
  const order = useLoad(`order ${orderId} ${token !== null}`, (signal) => ask<OrderDetails>(`/api/orders/${orderId}`, { signal }))
  const story = useStory(orderId, token !== null)
  useEffect(() => {
    let due: ReturnType<typeof setTimeout> | undefined
    const ignore = onOrders(({ rows }) => {
      if (due !== undefined || !rows.some((row) => row.orderId === orderId)) return
      due = setTimeout(() => {
        due = undefined
        order.again()
        story.again()
      }, 150)
    })
    return () => {
      clearTimeout(due)
      ignore()
    }
  }, [orderId, token])
  return html`<div class="view order">${body(orderId, order, story, token !== null)}</div>`
}

const useStory = (orderId: string, may: boolean): Loaded<OrderStory | null> =>
  useLoad(
    `story ${orderId} ${may}`,
    async (signal) => (may ? await ask<OrderStory>(`/api/orders/${orderId}/story`, { signal }) : null),
    may ? ASK_MS : undefined,
  )

function body(orderId: string, order: Loaded<OrderDetails>, story: Loaded<OrderStory | null>, may: boolean): Child {
  if (!order.data) {
    if (order.error instanceof Problem && order.error.status === 404) return unread(orderId, story, may)
    return order.error === undefined ? loading(10) : failed('The order could not be read', order.error, order.again)
  }
  return [
    part(OrderHead, { key: 'head', row: order.data.row, stuck: story.data?.stuck || order.data.row.stuck === true }),
    story.error !== undefined && failed('The services could not tell their part of it', story.error, story.again),
    !may && locked(),
    may && story.data === undefined && story.busy && asking,
    story.data && waits(story.data),
    part(Timeline, { key: 'timeline', order: order.data, story: story.data ?? undefined }),
    twin(`npx -y pnpm@12 ops orders show ${orderId}`),
  ]
}

/** Told, not shown: it takes a moment, and the page would jump. */
const asking = html`<span class="loading unseen" role="status">The services are asked for their part of it</span>`

const locked = (): VNode =>
  callout(
    'info',
    'locked',
    'Who handled what, effects, mails and payloads are shown to operators.',
    button({ label: 'Give the token', small: true, onClick: () => opened.change(() => 'session') }),
  )

/** What the services tell of an order of which the console itself has read nothing. */
const unread = (orderId: string, story: Loaded<OrderStory | null>, may: boolean): Child => [
  unreadOrder(orderId, story, !may && locked()),
  story.data && waits(story.data),
  story.data && unreadWords(story.data.story).genuine && part(Timeline, { key: 'timeline', order: { events: [] }, story: story.data }),
  twin(`npx -y pnpm@12 ops orders show ${orderId}`),
]

/** In words, what it waits for; the words of the services themselves. */
function waits({ waits: all, missing, stuck, story }: OrderStory): Child {
  const letters = story.letters.filter(({ status, code }) => status === 'open' && code !== 'WAITING')
  const ways = letters.map(
    ({ service, id }) =>
      html`<a key=${`${service}/${id}`} class="button small" href=${hrefOf('letters', `${service}/${id}`)}>Dead letter ${service}/${id}</a>`,
  )
  const resumes = story.holds.map(({ service, paused }) => paused && part(PauseOrResume, { key: service, service, paused, named: true }))
  const lines = all.map(({ services, why }) => html`<li><strong>${services.join(', ')}</strong> ${why}</li>`)
  return [
    missing.length > 0 && callout('warn', 'warn', html`Not everybody answered, so this may not be the whole story: ${missing.join('; ')}`),
    all.length > 0 &&
      callout(
        stuck ? 'bad' : 'info',
        'wait',
        html`<h2>${stuck ? 'Why it is stuck' : 'What it waits for'}</h2><ul class="whys">${lines}</ul>${ways.length + resumes.length > 0 && html`<div class="remedies">${resumes}${ways}</div>`}`,
      ),
  ]
}

function Timeline({ order, story }: { readonly order: Pick<OrderDetails, 'events'>; readonly story: OrderStory | undefined }): VNode {
  const [chosen, choose] = useState<string | null>(null)
  const rows = useMemo(() => timeRows(order.events, story?.story), [order, story])
  const row = rows.find(({ key }) => key === chosen)
  useEffect(() => {
    // Where the details stand below, they would open out of sight.
    if (chosen !== null && matchMedia('(max-width: 1159px)').matches) document.querySelector('.details')?.scrollIntoView({ block: 'start' })
  }, [chosen])
  const of = row && {
    ...{ row, event: order.events.find(({ id }) => id === chosen), onClose: () => choose(null) },
    effect: story?.story.effects.find(({ key }) => `effect ${key}` === chosen),
    mail: story?.story.mails.find(({ fact }) => `mail ${fact}` === chosen),
  }
  if (rows.length === 0) return nothing('wait', 'Nothing has been read of it yet', 'It appears here as soon as its first event was read.')
  return html`<div class=${`story ${of ? 'opened' : ''}`}>
    <div class="left">${part(Waterfall, { rows, chosen, onChoose: choose })}${legend()}</div>
    ${of && details(of)}
  </div>`
}
