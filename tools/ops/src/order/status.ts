import { counted, number } from '../words.ts'

/** An order is on its way in these; every other status is an end. Compared with the orders service by a test. */
const OPEN: readonly string[] = ['placed', 'paid']

export const isOpen = (status: string) => OPEN.includes(status)

/** `15 orders, 15 ended` */
export function ordersCounted(counts: Readonly<Record<string, number>>): string {
  const total = (entries: readonly (readonly [string, number])[]) => entries.reduce((sum, [, count]) => sum + count, 0)
  const all = Object.entries(counts)
  return `${counted(total(all), 'order')}, ${number(total(all.filter(([status]) => !isOpen(status))))} ended`
}
