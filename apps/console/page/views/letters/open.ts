import type { CodeSummary } from '../../../src/api-types.ts'
import { type Child, html, part, useState, type VNode } from '../../html.ts'
import { askService } from '../../store/ask.ts'
import { useLoad } from '../../store/load.ts'
import { useNow } from '../../store/now.ts'
import { button } from '../../widgets/button.ts'
import { callout, failed, loading, nothing } from '../../widgets/state.ts'
import { twin } from '../../widgets/twin.ts'
import { counted } from '../../widgets/words.ts'
import { everywhere, missing } from '../everywhere.ts'
import { groupName, groupsOf, totalsOf } from './code-groups.ts'
import { EndDialog } from './end-dialog.ts'
import { Group } from './group.ts'
import { type Kind, type Letter, letterName, type Target } from './selection.ts'
import { TasksUnderWay } from './tasks.ts'

const EVERY_MS = 3_000

export type Chosen = ReadonlyMap<string, Letter>
export interface Doing {
  readonly kind: Kind
  readonly target: Target
}

/** By service and code, since one remedy helps all of a kind. */
export function OpenLetters(): VNode {
  const now = useNow()
  const summary = useLoad(
    'letters',
    (signal) => everywhere((service) => askService<readonly CodeSummary[]>(service, '/admin/dead-letters/summary', { signal })),
    EVERY_MS,
  )
  const [chosen, setChosen] = useState<Chosen>(new Map())
  const [doing, setDoing] = useState<Doing | null>(null)
  const [round, setRound] = useState(0)
  const close = () => {
    setDoing(null)
    setChosen(new Map())
    setRound(round + 1)
    summary.again()
  }
  if (!summary.data)
    return summary.error === undefined ? loading(6) : failed('The dead letters could not be read.', summary.error, summary.again)
  const groups = groupsOf(summary.data.found)
  const silent = missing(summary.data)
  return html`
    ${silent.length > 0 && callout('warn', 'warn', `Not told by ${silent.join(', ')}: no answer.`)}
    ${part(TasksUnderWay, {})}
    ${groups.length === 0 ? nothing('done', 'There is no dead letter.', 'What cannot be handled would stand here, grouped by service and code, with what waits behind it.') : html`<p class="summary" role="status">${sentence(groups)}</p>`}
    ${groups.map((group) => part(Group, { key: groupName(group), group, now, round, chosen, onChoose: setChosen, onDo: setDoing }))}
    ${chosen.size > 0 && bar(chosen, setDoing, () => setChosen(new Map()))}
    ${doing && part(EndDialog, { ...doing, onClose: close })}
    ${twin('npx -y pnpm@12 ops dlq ls')}
  `
}

function sentence(groups: ReturnType<typeof groupsOf>): string {
  const { faults, waiting, services } = totalsOf(groups)
  const behind = waiting > 0 ? `; ${counted(waiting, 'sound event waits', 'sound events wait')} behind them` : ''
  return `${counted(faults, 'letter')} at fault, at ${counted(services, 'service')}${behind}.`
}

/** What can be done with those that are chosen. */
function bar(chosen: Chosen, onDo: (doing: Doing) => void, clear: () => void): Child {
  const letters = [...chosen.values()]
  const does = (kind: Kind) => () => onDo({ kind, target: { by: 'name', letters } })
  return html`<div class="chosen" role="region" aria-label="Chosen letters">
    <b>${counted(letters.length, 'letter')} chosen</b><span class="cut soft">${letters.map(letterName).join(', ')}</span>
    ${button({ label: 'Redrive…', kind: 'primary', small: true, onClick: does('redrive') })}
    ${button({ label: 'Discard…', kind: 'danger', small: true, onClick: does('discard') })}
    ${button({ label: 'Choose none', kind: 'plain', small: true, onClick: clear })}
  </div>`
}
