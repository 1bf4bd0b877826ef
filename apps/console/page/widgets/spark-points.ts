/** Points of a line through the values, from 0 up to the highest, in a box of 100 by 24. Pure. */
export function sparkPoints(values: readonly number[], least = 1): string {
  const most = Math.max(least, ...values)
  const step = values.length > 1 ? 100 / (values.length - 1) : 0
  return values.map((value, at) => `${(at * step).toFixed(1)},${(23 - (value / most) * 22).toFixed(1)}`).join(' ')
}
