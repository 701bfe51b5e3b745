/**
 * The widget's question after Send (R12): does the conversation go on? One at a time; whoever asks while it is open is told "cancel", and
 * everything stays as it was (R5).
 */
import type { SurveyPreview } from '$lib/backend'

export type GoesOnAnswer = 'continue' | 'close' | 'cancel'

export interface GoesOnAsked {
  customerName: string
  /** Whether a survey would go out with the closing (D3). */
  survey: SurveyPreview
  offline: boolean
  /** Names of the files that go with the reply. */
  files: string[]
}

export class GoesOn {
  asked = $state.raw<GoesOnAsked | null>(null)
  #answered: (answer: GoesOnAnswer) => void = () => undefined

  ask(asked: GoesOnAsked): Promise<GoesOnAnswer> {
    if (this.asked) return Promise.resolve('cancel')
    this.asked = asked
    return new Promise((resolve) => (this.#answered = resolve))
  }

  answer(answer: GoesOnAnswer) {
    if (!this.asked) return
    this.asked = null
    this.#answered(answer)
  }
}
