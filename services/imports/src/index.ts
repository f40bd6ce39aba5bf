// The public names of the import room, one by one. Agency folders use these and nothing else.

export { createAgencyService } from './agency-service.ts';
export type { AgencyService, AgencyServiceParts } from './agency-service.ts';
export { createTableService } from './agency-table.ts';
export type { AgencyTable, HostParts } from './agency-table.ts';
export { runAgencyProcess } from './agency-process.ts';
export type { OpenParts } from './agency-parts.ts';
export { ruleFor } from './inbox.ts';
export type { DropRule } from './inbox.ts';
export { importFile, MAX_FILE_BYTES, summaryOf } from './import-file.ts';
export type { ImportAnswer, ImportParts } from './import-file.ts';
export { createMemoryJournal, openFileJournal } from './journal.ts';
export type { Journal, JournalEntry } from './journal.ts';
export { createBusPublisher } from './publish-port.ts';
export type { CheckedObservation, PublishPort } from './publish-port.ts';
export type { FinishedObservation } from './observation.ts';
export { deriveId } from './ids.ts';
export type { NativeRef } from './ids.ts';
export { findMapping } from './mapping.ts';
export type { FormatReader, ImportDraft, ItemFate, Reading, ReadingContext } from './reading.ts';
export { mispReader } from './misp/reader.ts';
export { stixReader } from './stix/reader.ts';
export { accountsReader } from './gac/accounts.ts';
export { coShareReader } from './gac/coshare.ts';
export { domainsReader } from './gac/domains.ts';
export { influenceReader } from './gac/influence.ts';
export { postsReader } from './gac/posts.ts';
