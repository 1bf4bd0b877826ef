/** Which rows of a long list are drawn: those in sight and a few around, and how much room the others take. */
export interface Sight {
  readonly first: number
  readonly end: number
  readonly above: number
  readonly below: number
}

export interface Scrolled {
  readonly count: number
  readonly rowHeight: number
  readonly top: number
  readonly height: number
}

const AROUND = 12

export function sightOf({ count, rowHeight, top, height }: Scrolled, around = AROUND): Sight {
  const first = Math.max(0, Math.min(count, Math.floor(top / rowHeight) - around))
  const end = Math.min(count, Math.max(first, Math.ceil((top + height) / rowHeight) + around))
  return { first, end, above: first * rowHeight, below: (count - end) * rowHeight }
}
