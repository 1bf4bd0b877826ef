import type { Task } from '../../../src/api-types.ts'
import { type Child, html, part, useEffect, useRef, useState, type VNode } from '../../html.ts'
import { hrefOf } from '../../router.ts'
import { askService } from '../../store/ask.ts'
import { useLoad } from '../../store/load.ts'
import { useOnce } from '../../store/once.ts'
import { notDone } from '../../store/problem.ts'
import { button } from '../../widgets/button.ts'
import { failed, loading } from '../../widgets/state.ts'
import { twin } from '../../widgets/twin.ts'
import { shortOf } from '../../widgets/words.ts'
import { begin, endLetter } from './asks.ts'
import type { Doing } from './end-dialog.ts'
import { Outcome } from './outcome.ts'
import { type Ended, endedSentence, isWell, type Letter, type Target } from './selection.ts'
import { CancelTask, progressBar } from './task-bar.ts'
import { afterwards, isOver } from './task-progress.ts'

const EVERY_MS = 500

/** Long work inside a service: it goes on there, whoever looks. */
export function Running({ kind, target, wishes, onClose }: Doing & { readonly target: Target & { by: 'code' } }): VNode {
  const { service, code } = target
  const { data, error } = useOnce(() => begin(kind, service, code, wishes))
  if (data) return part(Watch, { service, first: data, onClose })
  if (error === undefined) return loading(2)
  return html`
    ${failed(notDone('begun', `Look among the long work of ${service}, above its letters, before you begin another.`, error), error)}
    ${twin('npx -y pnpm@12 ops tasks ls')}
    <footer>${button({ label: 'Close', kind: 'primary', onClick: onClose })}</footer>
  `
}

interface Watched {
  readonly service: string
  readonly first: Task
  readonly onClose: () => void
}

function Watch({ service, first, onClose }: Watched): VNode {
  const last = useRef(first)
  const { data } = useLoad(
    `task ${first.id}`,
    (signal) => askService<Task>(service, `/admin/tasks/${first.id}`, { signal }),
    isOver(last.current) ? undefined : EVERY_MS,
  )
  if (data) last.current = data
  const task = last.current
  return html`
    ${progressBar(service, task)}
    ${afterwards(task) && html`<p class="soft">${afterwards(task)}</p>`}
    ${!isOver(task) && html`<p class="soft">It goes on inside ${service} when this is closed; the list shows how far it is.</p>`}
    <footer>${!isOver(task) && part(CancelTask, { service, task })}${button({ label: 'Close', kind: 'primary', onClick: onClose })}</footer>
  `
}

/** Letter by letter; closing stops before the next one. */
export function Letters({ kind, letters, wishes, onClose }: Doing & { readonly letters: readonly Letter[] }): VNode {
  const [ended, setEnded] = useState<readonly Ended[]>([])
  const [broken, setBroken] = useState<unknown>(null)
  useEffect(() => {
    let gone = false
    const all = async () => {
      for (const letter of letters) {
        if (gone) return
        const one = await endLetter(kind, letter, wishes)
        if (!gone) setEnded((before: readonly Ended[]) => [...before, one])
      }
    }
    all().catch(setBroken)
    return () => {
      gone = true
    }
  }, [])
  const over = ended.length === letters.length
  return html`
    <div class="progress"><progress max=${letters.length} value=${ended.length} aria-label="How far it is"></progress><span role="status">${ended.length} of ${letters.length}</span></div>
    <ul class="ended" tabindex="0" aria-label="What came of each">${ended.map((one) => html`<li class=${isWell(one) ? 'good' : 'bad'}>${endedSentence(kind, one)} ${after(one, letters.length)}</li>`)}</ul>
    ${broken !== null && failed('It went no further.', broken)}
    <footer>${button({ label: over ? 'Close' : 'Stop before the next one', kind: over ? 'primary' : 'normal', onClick: onClose })}</footer>
  `
}

// Each is asked for every second.
const MOST_FOLLOWED = 5

function after({ letter, problem }: Ended, many: number): Child {
  const { orderId } = letter
  if (orderId === null) return null
  return problem === undefined && many <= MOST_FOLLOWED
    ? part(Outcome, { key: orderId, letter, orderId })
    : html`<a href=${hrefOf('orders', orderId)}>order ${shortOf(orderId)}</a>`
}
