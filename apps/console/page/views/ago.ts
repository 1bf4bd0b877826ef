import { age } from '../widgets/words.ts'

/** `4 min ago`, `just now` */
export function ago(iso: string, now: number): string {
  const since = age(iso, now)
  return since === 'now' ? 'just now' : `${since} ago`
}
