import type { Consumer, Pause, Resumed } from '../../../src/api-types.ts'
import { html, part, useState, type VNode } from '../../html.ts'
import { button } from '../../widgets/button.ts'
import { ago } from '../ago.ts'
import { ChangeDialog, type ChangeProps } from '../change/dialog.ts'
import { option } from '../change/twins.ts'

interface Consuming {
  readonly service: string
  readonly paused: Pause | null
  /** Where the service is not named beside it. */
  readonly named?: boolean
}

/** The one of the two that makes sense now. */
export function PauseOrResume({ service, paused, named }: Consuming): VNode {
  const [open, setOpen] = useState(false)
  const onClose = () => setOpen(false)
  const label = `${paused ? 'Resume' : 'Pause'}${named ? ` ${service}` : ''}…`
  return html`
    ${button({ label, title: `${paused ? 'Resume' : 'Pause'} the consumer of ${service}`, icon: paused ? 'next' : 'pause', small: true, onClick: () => setOpen(true) })}
    ${open && (paused ? part(ChangeDialog<Resumed>, resume(service, paused, onClose)) : part(ChangeDialog<Consumer>, pause(service, onClose)))}
  `
}

const pause = (service: string, onClose: () => void): ChangeProps<Consumer> => ({
  title: `Pause the consumer of ${service}`,
  about: `All its instances consume nothing more, within a second, and those that are started later as well. They stay members of their group, and events wait in Kafka; nothing is lost.`,
  ...{ label: 'Pause it', reason: 'needed', onClose },
  change: (reason) => ({ service, path: 'admin/consumer/pause', body: { reason } }),
  ops: (reason) => `npx -y pnpm@12 ops consumer pause ${service}${option('reason', reason)}`,
  done: () => `${service} consumes nothing more, until it is resumed`,
})

const resume = (service: string, { by, reason, since }: Pause, onClose: () => void): ChangeProps<Resumed> => ({
  title: `Resume the consumer of ${service}`,
  about: `${by} paused it ${ago(since, Date.now())}: “${reason}”. All its instances consume again within a second, and catch up with what waits.`,
  ...{ label: 'Resume it', reason: 'optional', onClose },
  change: (why) => ({ service, path: 'admin/consumer/resume', ...(why && { body: { reason: why } }) }),
  ops: (why) => `npx -y pnpm@12 ops consumer resume ${service}${option('reason', why)}`,
  done: ({ ended }) => (ended ? `${service} consumes again` : `${service} was not paused`),
})
