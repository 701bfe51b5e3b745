/**
 * The one door to Rust: a method per command of the wire crate's interface, and one stream of announcements.
 *
 * Everything else in the interface asks through this type, so that the same views run in the desktop window, in component tests
 * and in the rehearsal that a browser shows. Every method rejects with a {@link Failure}.
 */
import type {
  Administer,
  Administered,
  Announcement,
  Attached,
  AttachedFile,
  AuditPage,
  Choose,
  Chosen,
  CloseOutcome,
  Code,
  ConversationView,
  DemoWorkspace,
  DetachFile,
  Download,
  Draft,
  Enrolment,
  InboxOptionsView,
  InboxPage,
  InboxQuery,
  Picture,
  PictureQuery,
  Preferences,
  QueueEntry,
  SaveFile,
  SaveInboxOptions,
  SendAndClose,
  SendReply,
  SignIn,
  SignInOutcome,
  SignInWays,
  Startup,
  TakeFiles,
  TimelinePage,
  TimelineQuery,
  WorkspaceFound,
} from './wire'

export interface Backend {
  /** Announcements flow from now on; the answer is everything for the first paint, this page of the inbox included. */
  uiReady(inbox: InboxQuery, announce: (announcement: Announcement) => void): Promise<Startup>
  checkWorkspace(address: string): Promise<WorkspaceFound>
  startDemo(): Promise<DemoWorkspace>
  signIn(args: SignIn): Promise<SignInOutcome>
  /** The second step, after a {@link signIn} that asks for it. */
  secondStep(code: string): Promise<SignInOutcome>
  /** What an authenticator needs that has to be set up before the second step. */
  enrolSecondFactor(): Promise<Enrolment>
  /** How one signs in to a workspace; `null` is the demo's. */
  signInWays(address: string | null): Promise<SignInWays>
  /** Opens the system's browser at the workspace's provider. */
  beginSingleSignOn(address: string | null): Promise<void>
  /** Waits for the browser, and goes in. */
  finishSingleSignOn(): Promise<SignInOutcome>
  /** Whoever waits for the browser waits no more. */
  cancelSingleSignOn(): Promise<void>
  signOut(): Promise<void>
  openWithPassphrase(passphrase: string): Promise<void>
  tryAgain(): Promise<void>
  refresh(): Promise<void>
  dismissNotice(code: Code): Promise<void>
  setPreferences(args: Preferences): Promise<Preferences>
  inbox(args: InboxQuery): Promise<InboxPage>
  conversation(conversationId: string): Promise<ConversationView>
  markSeen(conversationId: string): Promise<void>
  /** The advisor writes; told to the customer where the channel can. Said again every few seconds while it holds. */
  typing(conversationId: string): Promise<void>
  timeline(args: TimelineQuery): Promise<TimelinePage>
  /** A picture of the timeline, drawn for the screen by the engine: the window never fetches a file, and never sees one. */
  picture(args: PictureQuery): Promise<Picture>
  saveDraft(args: Draft): Promise<void>
  /** Asks in the system's own dialog which files to attach, and attaches them. Cancelled, nothing is attached or refused. */
  chooseFiles(conversationId: string): Promise<Attached>
  /** Attaches what was pasted or dropped and the web view keeps back from the page. Nothing was: nothing is attached or refused. */
  takeFiles(args: TakeFiles): Promise<Attached>
  /** Attaches what was pasted or dropped; durable when it answers. */
  attachFile(conversationId: string, name: string, bytes: Uint8Array): Promise<Attached>
  /** Takes a file off the draft; answers with those that are left. */
  detachFile(args: DetachFile): Promise<AttachedFile[]>
  sendReply(args: SendReply): Promise<QueueEntry>
  /** Answers after the system's own confirmation (R5, D3), which the shell shows. */
  sendAndClose(args: SendAndClose): Promise<CloseOutcome>
  archive(conversationId: string): Promise<QueueEntry>
  assign(conversationId: string): Promise<QueueEntry>
  release(conversationId: string): Promise<QueueEntry>
  queue(): Promise<QueueEntry[]>
  choose(args: Choose): Promise<Chosen>
  inboxOptions(): Promise<InboxOptionsView>
  saveInboxOptions(args: SaveInboxOptions): Promise<InboxOptionsView>
  auditLog(after: string | null): Promise<AuditPage>
  /** A call of the platform's administration; the clients of `$lib/administration` make them. */
  administer(call: Administer): Promise<Administered>
  /** Saves a file of the platform's where the person wants it; `null` if the system's dialog was cancelled. Answers when it begins. */
  saveFile(args: SaveFile): Promise<Download | null>
  downloads(): Promise<Download[]>
  cancelDownload(downloadId: string): Promise<void>
  resumeDownload(downloadId: string): Promise<void>
  /** In the system's own file manager. */
  showDownload(downloadId: string): Promise<void>
  forgetDownload(downloadId: string): Promise<void>
  /** A fault of the interface, for the log. Never contains anybody's text. */
  reportFault(message: string): Promise<void>
}
