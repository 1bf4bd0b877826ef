export const routes = undefined
