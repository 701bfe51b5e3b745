declare module 'lwc' {
  export function createElement(name: string, options: { is: unknown }): HTMLElement
}

declare module 'c/signoffConversation' {
  const component: unknown
  export default component
}
