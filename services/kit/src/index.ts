// The public names of @sitebus/kit, listed one by one; package.json lets nothing else be imported.

export { GUARD_COMMANDS } from './guard.ts';
export type { Disclosure, DisclosureKind, GuardCaller, GuardPort, NamedRecord, TearlineDraftArgs } from './guard.ts';
export type { Issue, Matter, MatterPart, ProtocolPort } from './protocol-port.ts';
export { CASE_COMMANDS, NoticeTextBody, PERIOD_COMMANDS } from './case-commands.ts';
export { isGroup } from './named-persons.ts';
export { hasLintErrors, lint } from './lint/lint.ts';
export { leaksIn } from './lint/leak.ts';
export type { LeakFinding, LeakSource } from './lint/leak.ts';
export { forbiddenIn } from './lint/tearline-rule.ts';
export type { LintFinding, LintRule } from './lint/finding.ts';
export type { LintFacts, LintPortion, LintProduct, LintText } from './lint/product.ts';
export {
  AFFECTED_PARTY_COMMANDS,
  FEEDBACK_COMMANDS,
  PROTECTED_ACCOUNT_COMMANDS,
  RFI_COMMANDS,
  SITREP_COMMANDS,
  SITREP_SERIES_COMMANDS,
} from './task-force-commands.ts';
export type { FeedbackArgs, GivenPortion, RfiArgs, SitrepCorrectArgs, SitrepIssueArgs } from './task-force-commands.ts';
export { isAtArmsLength } from './arms-length.ts';
export { scramVerifierOf } from './scram-verifier.ts';
export { RESEARCH_COMMANDS } from './research-port.ts';
export type {
  AgreementArgs,
  DatasetArgs,
  ExportArgs,
  OutputArgs,
  ProjectArgs,
  ResearchCommand,
  ResearchFile,
  ResearchFormat,
  ResearchItem,
  ResearchKind,
  ResearchPort,
} from './research-port.ts';
export type { DeadLetterItem, DeadLetters, DeadLetterWord } from './dead-letters.ts';
export { isTooDeep } from './intake.ts';
export type { AgencyIntake, ObservationJson, OnBehalfOf } from './intake.ts';
export type { Readiness, Service } from './service.ts';
export { createLog } from './log.ts';
export type { LogOptions } from './log.ts';
export { createAdminServer } from './admin-server.ts';
export type { AdminServer, AdminServerParts } from './admin-server.ts';
export { CHECKED_FIELDS, createAdmit } from './admission.ts';
export type {
  Admission,
  AdmissionParts,
  Admit,
  Admitted,
  QuarantineCode,
  Quarantined,
  UnknownSchema,
} from './admission.ts';
export { MOST_PURGED, parsePurgeText, purgeText } from './purge/purge-order.ts';
export type { PurgeOrder } from './purge/purge-order.ts';
export { signSpill, SPILL_SIGNERS, spillHash, spillId, spillOrderIn, spillText } from './spill/spill-order.ts';
export type { SpillOrder } from './spill/spill-order.ts';
export { emptySkipList, previousOf, spillSigners, toSpillValue, withRecord } from './spill/skip-list.ts';
export type { SkipList, SpillEntry, SpillFault } from './spill/skip-list.ts';
export { isAhead, knownOf, SPILLS_HEADER, toSpills } from './spill/spills.ts';
export type { Spills } from './spill/spills.ts';
export { busTopics, cellWriters } from './bus-topics.ts';
export type { BusTopic, CellTopic, CellWriter, CommonTopic, TopicKind, ViewTopic, WriterTopic } from './bus-topics.ts';
export { askPolicyInForce, createPolicyAge } from './policy-age.ts';
export type { PolicyAge } from './policy-age.ts';
export { COPY_GATHER_MS } from './read-copy.ts';
export { readToEnds } from './read-to-ends.ts';
export type { ToEnds } from './read-to-ends.ts';
export { recordAt } from './record-at.ts';
export type { RecordPlace } from './record-at.ts';
export { createSpillCopy } from './spill/spill-copy.ts';
export type { SpillCopy } from './spill/spill-copy.ts';
export { honourSpills } from './spill/honour-spills.ts';
export type { SpillsNow } from './spill/honour-spills.ts';
export { createRemade } from './spill/remade.ts';
export type { Remade, RemadeParts } from './spill/remade.ts';
export { refuserOf } from './refuser.ts';
export { toDeadLetter, toOpsNotice, toQuarantineNotice } from './quarantine-notice.ts';
export type { DeadLetter, OpsNotice } from './quarantine-notice.ts';
export {
  decideNotification,
  evolveNotification,
  isDue,
  isRecallOwed,
  notificationAsOf,
  notificationFor,
  statusOfNotification,
  toNotificationEvent,
  toNotificationTimers,
  toldOf,
} from './notification.ts';
export type {
  NotificationCommand,
  NotificationEvent,
  NotificationRefusal,
  NotificationState,
  NotificationStatus,
  NotificationTimers,
  Precedence,
} from './notification.ts';
export { canonicalHash, canonicalText, sha256Of } from './canonical.ts';
export { createLeafSeal, leafSalt } from './ledger/leaf.ts';
export type { LeafContent, LeafReader, LeafSeal, SealedLeaf, SealedLeaves } from './ledger/leaf.ts';
export { machineHashing } from './ledger/machine-hashing.ts';
export { machineVerifying } from './ledger/machine-verifying.ts';
export { createLeafWriter } from './ledger/leaf-writer.ts';
export type { LeafWriter, ServiceLeaf } from './ledger/leaf-writer.ts';
export { loadConfig } from './config.ts';
export type { ConfigRule, ConfigSpec, Environment } from './config.ts';
export { KAFKA_ENVIRONMENT, KafkaSettings, signsInAs, toBusConnection } from './kafka-settings.ts';
export type { BusConnection } from './kafka-settings.ts';
export { BUS_TLS_ENVIRONMENT, busTlsOf, BusTlsSettings, readBusTls } from './bus-tls.ts';
export { invalidConfig, registryStale, spillsUnusable } from './errors.ts';
export type { ConfigFault } from './errors.ts';
export { createMetrics } from './metrics.ts';
export type { Metrics } from './metrics.ts';
export { DRAIN_MS, runProcess } from './run-process.ts';
export { runCalledService } from './run-called-service.ts';
export type { CalledServiceParts } from './run-called-service.ts';
export { createInternalListener } from './internal-listener.ts';
export type { InternalListener, InternalListenerParts } from './internal-listener.ts';
export { createListenerTls, TlsFiles, tlsFilesAt } from './listener-tls.ts';
export type { ListenerTls, ListenerTlsParts } from './listener-tls.ts';
export type { ProcessParts } from './run-process.ts';
export { createSupervised } from './supervised.ts';
export type { SupervisedParts } from './supervised.ts';
export { intakeRoutes } from './intake-http.ts';
export type { IntakeRoutesParts } from './intake-http.ts';
export { createIntakeClient } from './intake-client.ts';
export { readIntakes } from './intakes-file.ts';
export type { IntakeClientOptions } from './intake-client.ts';
export { addYears, dayText, localDay, localDayStart, monthsBefore, parseDay } from './local-day.ts';
export {
  groupsOf,
  HEARTBEAT_KEY,
  isTenant,
  LEASE_MS,
  seedTenants,
  tenantAgency,
  tenantKey,
  withTenants,
} from './tenants.ts';
export type { Tenant } from './tenants.ts';
export { createTenantDirectory } from './tenant-directory.ts';
export type { TenantDirectory } from './tenant-directory.ts';
export { protocolRoutes } from './protocol-http.ts';
export type { ProtocolRoutesParts } from './protocol-http.ts';
export { createProtocolClient } from './protocol-client.ts';
export { createInternalCaller, internalCalls } from './internal-calls.ts';
export type { InternalCall, InternalCallerOptions } from './internal-calls.ts';
export { createResearchClient, researchRoutes } from './research-http.ts';
export { engagementOf, engagementOfAll, platformOf } from './monitor/post.ts';
export type { MonitorPost } from './monitor/post.ts';
export { rank, rankAll, RANKED_KINDS } from './monitor/ranking.ts';
export type { RankedKind, RankedPlace } from './monitor/ranking.ts';
export { isInGap, silencesOf, trendOf } from './monitor/coverage.ts';
export type { CoverageGap, SilenceRule, TrendDay } from './monitor/coverage.ts';
export { createRegistryCopy } from './registry/registry-copy.ts';
export type { Registry, RegistryCopy, RegistryState } from './registry/registry-copy.ts';
export type { SetTimer } from './registry/late-heartbeat.ts';
export { isClearance, isPersonRow, keyKey, personKey, proposalKey, rowOf } from './registry/rows.ts';
export type {
  Heartbeat,
  KeyRow,
  PartnerProposal,
  PersonProposal,
  PersonRow,
  ProposalRow,
  Row,
} from './registry/rows.ts';
