import { createStore, useStore } from '../store/store.ts'
import type { IconName } from '../widgets/icon.ts'

const themes = ['auto', 'light', 'dark'] as const
type Theme = (typeof themes)[number]

const KEY = 'theme'
const chosen = createStore<Theme>(themes.find((theme) => theme === localStorage.getItem(KEY)) ?? 'auto')

export const useTheme = () => useStore(chosen, (theme) => theme)
export const iconOf = (theme: Theme): IconName => theme

/** As the system has it, unless somebody chose. */
export function applyTheme(): void {
  const theme = chosen.get()
  if (theme === 'auto') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}

export function nextTheme(): void {
  chosen.change((theme) => themes[(themes.indexOf(theme) + 1) % themes.length]!)
  localStorage.setItem(KEY, chosen.get())
  applyTheme()
}
