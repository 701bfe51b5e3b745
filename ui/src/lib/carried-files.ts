/** Files that the pointer or the clipboard brings. Text that is brought is none of this: the system puts it where it belongs. */

/** Whether a drag has files with it. Which ones is told only when they are let go. */
export function carriesFiles(event: DragEvent): boolean {
  const types = event.dataTransfer?.types ?? []
  return types.includes('Files') || keepsBack(types)
}

/** WebKitGTK tells only that there are addresses, and neither which nor files; with any other address comes its text. */
function keepsBack(types: readonly string[]): boolean {
  return types.includes('text/uri-list') && !types.includes('text/plain')
}

/** Whether something is pasted that the page gets nothing of: files, or under WebKitGTK a picture, of which it does not even tell. */
export function pastedOutOfSight(data: DataTransfer | null): boolean {
  if (!data || data.files.length > 0) return false
  return ['text/plain', 'text/html'].every((type) => data.getData(type) === '')
}

/** The files of what is pasted. Office programs put a picture of a text beside the text; then the text is meant. */
export function filesPasted(data: DataTransfer | null): File[] {
  const files = [...(data?.files ?? [])]
  const lines = (data?.getData('text/plain') ?? '').split(/[\r\n]+/).filter((line) => line.trim() !== '')
  return lines.every((line) => files.some((file) => names(line, file))) ? files : []
}

/** Systems put the names or the places of copied files beside them, as text. */
function names(line: string, { name }: File): boolean {
  return line.endsWith(name) || line.endsWith(encodeURIComponent(name))
}

/** For the whole window: a file that is let go where nothing takes it would be opened in place of the interface. */
export function keepOut(event: DragEvent) {
  const field = event.target instanceof HTMLInputElement && event.target.type === 'file'
  if (event.defaultPrevented || field || !carriesFiles(event)) return
  event.preventDefault()
  if (event.dataTransfer) event.dataTransfer.dropEffect = 'none'
}
