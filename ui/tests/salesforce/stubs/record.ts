/** Lightning's data service, which says of records what a test lets it say. */
import { vi } from 'vitest'

export interface Answer {
  data?: { fields: Record<string, { value: string | null }> }
  error?: object
}

type Take = (answer: Answer) => void

const connected = new Set<Take>()

/** A wire adapter, as the engine makes them. */
export class getRecord {
  constructor(readonly take: Take) {}

  connect() {
    connected.add(this.take)
  }

  update() {}

  disconnect() {
    connected.delete(this.take)
  }

  static emit(answer: Answer) {
    connected.forEach((take) => take(answer))
  }
}

export function getFieldValue(data: NonNullable<Answer['data']>, field: string) {
  return data.fields[field.split('.')[1]!]?.value
}

export const notifyRecordUpdateAvailable = vi.fn()
