/** Where the demo writes. On a terminal the last lines are redrawn in place; elsewhere only `print` is seen. */
export interface Screen {
  readonly live: boolean
  /** A line that stays. */
  print(line: string): void
  /** The lines below everything printed; they replace the ones shown before. */
  show(lines: readonly string[]): void
}

type Out = Pick<NodeJS.WriteStream, 'write' | 'isTTY' | 'columns' | 'rows'>

export function createScreen(out: Out): Screen {
  const live = out.isTTY === true
  let shown: readonly string[] = []
  const erase = () => (shown.length > 0 ? `\x1b[${shown.length}A\r\x1b[J` : '')
  const block = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('')
  return {
    live,
    print(line) {
      out.write(live ? `${erase()}${line}\n${block(shown)}` : `${line}\n`)
    },
    show(lines) {
      if (!live) return
      const before = erase()
      // A wrapped or scrolled line could not be taken back.
      shown = lines.slice(-((out.rows ?? 24) - 1)).map((line) => shorten(line, (out.columns ?? 80) - 1))
      out.write(before + block(shown))
    },
  }
}

const shorten = (line: string, width: number) => (line.length <= width ? line : `${line.slice(0, width - 1)}…`)
