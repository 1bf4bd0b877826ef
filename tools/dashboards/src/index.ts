export { type PanelQuery, queries, type Windows } from './queries.ts'
