// The one place that knows which library draws: hyperscript templates over Preact, in one file of 13 KB.
import { h as create } from 'htm/preact/standalone'
import type { VNode } from 'preact'

export { html, render, useEffect, useErrorBoundary, useLayoutEffect, useMemo, useRef, useState } from 'htm/preact/standalone'
export type { VNode }

/** What a template takes between its tags. */
export type Child = VNode | string | number | null | undefined | false | readonly Child[]

/** Puts a component with a state of its own into a template, with its properties checked; what has no state is called as a function. */
export const part = <P extends object>(component: (props: P) => Child, props: P & { readonly key?: string | number }): VNode =>
  create(component as never, props as never)
