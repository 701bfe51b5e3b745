/** The Apex method. */
import { vi } from 'vitest'

export default vi.fn<(asked: { conversationId: string }) => Promise<string>>()
