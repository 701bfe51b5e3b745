/**
 * The backend of the desktop window. The only file that knows Tauri.
 *
 * Commands with an argument struct take it as `args`; plain arguments keep the snake_case name they have in Rust.
 */
import { Channel, invoke } from '@tauri-apps/api/core'
import type { Backend } from './backend'
import type { Announcement } from './wire'

export function tauriBackend(): Backend {
  return {
    uiReady: (inbox, announce) => {
      const channel = new Channel<Announcement>()
      channel.onmessage = announce
      return invoke('ui_ready', { inbox, channel })
    },
    checkWorkspace: (address) => invoke('check_workspace', { address }),
    startDemo: () => invoke('start_demo'),
    signIn: (args) => invoke('sign_in', { args }),
    secondStep: (code) => invoke('second_step', { code }),
    enrolSecondFactor: () => invoke('enrol_second_factor'),
    signInWays: (address) => invoke('sign_in_ways', { address }),
    beginSingleSignOn: (address) => invoke('begin_single_sign_on', { address }),
    finishSingleSignOn: () => invoke('finish_single_sign_on'),
    cancelSingleSignOn: () => invoke('cancel_single_sign_on'),
    signOut: () => invoke('sign_out'),
    openWithPassphrase: (passphrase) => invoke('open_with_passphrase', { passphrase }),
    tryAgain: () => invoke('try_again'),
    refresh: () => invoke('refresh'),
    dismissNotice: (code) => invoke('dismiss_notice', { code }),
    setPreferences: (args) => invoke('set_preferences', { args }),
    inbox: (args) => invoke('inbox', { args }),
    conversation: (conversation_id) => invoke('conversation', { conversation_id }),
    markSeen: (conversation_id) => invoke('mark_seen', { conversation_id }),
    typing: (conversation_id) => invoke('typing', { conversation_id }),
    timeline: (args) => invoke('timeline', { args }),
    picture: (args) => invoke('picture', { args }),
    saveDraft: (args) => invoke('save_draft', { args }),
    chooseFiles: (conversation_id) => invoke('choose_files', { conversation_id }),
    takeFiles: (args) => invoke('take_files', { args }),
    // As they are, and not as a list of numbers; headers take nothing but ASCII.
    attachFile: (conversation_id, name, bytes) =>
      invoke('attach_file', bytes, {
        headers: { 'conversation-id': encodeURIComponent(conversation_id), 'file-name': encodeURIComponent(name) },
      }),
    detachFile: (args) => invoke('detach_file', { args }),
    sendReply: (args) => invoke('send_reply', { args }),
    sendAndClose: (args) => invoke('send_and_close', { args }),
    archive: (conversation_id) => invoke('archive', { conversation_id }),
    assign: (conversation_id) => invoke('assign', { conversation_id }),
    release: (conversation_id) => invoke('release', { conversation_id }),
    queue: () => invoke('queue'),
    choose: (args) => invoke('choose', { args }),
    inboxOptions: () => invoke('inbox_options'),
    saveInboxOptions: (args) => invoke('save_inbox_options', { args }),
    auditLog: (after) => invoke('audit_log', { after }),
    administer: (args) => invoke('administer', { args }),
    saveFile: (args) => invoke('save_file', { args }),
    downloads: () => invoke('downloads'),
    cancelDownload: (download_id) => invoke('cancel_download', { download_id }),
    resumeDownload: (download_id) => invoke('resume_download', { download_id }),
    showDownload: (download_id) => invoke('show_download', { download_id }),
    forgetDownload: (download_id) => invoke('forget_download', { download_id }),
    reportFault: (message) => invoke('report_fault', { message }),
  }
}
