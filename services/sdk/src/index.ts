// The public names of @sitebus/sdk, listed one by one; package.json lets nothing else be imported.
// Holds: the bus on Kafka is at @sitebus/sdk/kafka, the in-memory bus at @sitebus/sdk/testing.

// Port, names, time, answers
export type {
  Acknowledged,
  BusBatch,
  BusConsumer,
  BusInspector,
  BusPort,
  BusProducer,
  BusRecord,
  ConsumerOptions,
  OutgoingRecord,
  PartitionEnds,
  TopicPartition,
  TransactionalProducer,
} from './bus.ts';
export { toTlsOptions } from './bus-login.ts';
export type { BusLogin, BusTls, ClientCertificate, Scram, TrustedAuthorities } from './bus-login.ts';
export { packReceived, unpackBatch, type PackedBatch } from './adapters/packed-batch.ts';
export {
  ADMIN_PRINCIPAL,
  GUARD_PRINCIPAL,
  GUARD_TRANSACTIONAL_ID,
  REGISTRY_TRANSACTIONAL_ID,
  PEOPLE_TOPIC,
  REGISTRY_PRINCIPAL,
  RESEARCH_PRINCIPAL,
  agencyPrincipal,
  alertTopic,
  assessTopic,
  carriesAgency,
  caseTopic,
  checkpointTopic,
  deadTopic,
  denialCheckpointTopic,
  denialTopic,
  fromObsTopic,
  fusionPrincipal,
  fusionTransactionalId,
  gatewayPrincipal,
  groupOf,
  laneTopic,
  ledgerPrincipal,
  ledgerTopic,
  obsTopic,
  opsTopic,
  receiptTopic,
  spillTopic,
  treeTopics,
  writerOf,
} from './names.ts';
export { systemClock, silentLog } from './time.ts';
export type { Clock, Log } from './time.ts';
export type { AcceptedItem, BatchSummary, ItemAnswer, NotAcceptedItem } from './item-answer.ts';

// Errors
export * from './errors.ts';

// Policy
export { loadPolicy } from './policy-load.ts';
export type { PolicyOutline } from './policy-load.ts';
export { isSamePolicy, keepPolicy, keptNote, KEPT_POLICIES, NO_ARCHIVE, openPolicyArchive } from './policy-archive.ts';
export type { KeptPolicy, PolicyArchive } from './policy-archive.ts';
export {
  loadSignedPolicy,
  POLICY_NOTE,
  POLICY_ORIGIN,
  policyRootOf,
  policyRootsOf,
  policySigners,
  signPolicy,
} from './policy-signature.ts';
export type { AdDuty, AdPeriod, AdPlatform, AdsPolicy, KindPeriod, MainLanguage, VisitSpan } from './ads-policy.ts';
export type { DeliveryChannel, DeliveryPolicy, RetryPolicy, SendingChannel } from './delivery-policy.ts';
export type { MaskingPolicy } from './masking-policy.ts';
export type { MonitorPolicy } from './monitor-policy.ts';
export type { ResearchLevel, ResearchPolicy } from './research-policy.ts';
export type { PolicyInForce, PolicyTrust } from './policy-signature.ts';
export { bandIn } from './lexicon.ts';
export { isAttributionHost } from './attribution.ts';
export type * from './policy.ts';
export type * from './detection-policy.ts';
export type * from './import-policy.ts';
export type * from './partner-policy.ts';
export type * from './task-force-policy.ts';
export type * from './panel-policy.ts';

// Record types
export { OBSERVATION_NAMESPACE, observationSubject } from './observation-types.ts';
export type { Fields, Observation, ObservationType } from './observation-types.ts';
export type {
  Abcde,
  ActorClaim,
  AdDisclosure,
  AdFinding,
  AdKind,
  AgencyPosition,
  Classified as WireClassified,
  CoShare,
  Confidence,
  CoordinatedSharing,
  CoverageGap,
  CovertActivity,
  CyberIncident,
  DatePrecision,
  Envelope,
  FinancialActivity,
  GoodPractice,
  Immediacy,
  IncidentSource,
  IndicatorReport,
  ForeignArrangement,
  ForeignPrincipal,
  InfluenceActivity,
  InfluenceKind,
  LangText,
  LeakAuthenticity,
  Lineage,
  LineageBasis,
  LineageLink,
  Marking as WireMarking,
  Metrics,
  NetworkDetection,
  ObservationByType,
  PlaceTime,
  Portion,
  PositionStance,
  Protected as WireProtected,
  PublicTip,
  RankedKind,
  RankedValue,
  Recall,
  ReleasePlan,
  Report,
  SeenVersion,
  SourceGap,
  SourceGrade,
  Stance,
  StateMediaAccount,
  StateMediaClass,
  StateMediaDailyAggregate,
  StateMediaPost,
  StateResponsibility,
  StatedLikelihood,
  Target,
  ThreatToPerson,
  Tlp as WireTlp,
  TrackedIncident,
  Ttp,
  VotingInterference,
} from './generated/observation.ts';
export type {
  AgencyEvidence,
  Alert,
  AlertPrecedence,
  AlertReason,
  Assessment,
  AssessmentStatus,
  CapKind,
  ConfidenceCap,
  ContextReason,
  ContextValue,
  Cut,
  CutInput,
  RuleChange,
  Discount,
  Dissent,
  FusionByType,
  Likelihood,
  Link,
  LinkFeature,
  Member,
  Position,
  RootEvidence,
  Severity,
  SeverityInput,
} from './generated/fusion.ts';
export type {
  Distribution,
  DistributionPrecedence,
  DistributionRecipient,
  NotificationEvent as NotificationFact,
  NotificationEventKind,
  ProductKind,
  ProductRecall,
  RecallCause,
  Receipt,
  ReceiptKind,
} from './generated/gateway.ts';
export type {
  Actor,
  AffectedPartyEvent,
  AffectedPartyState,
  BriefEvent,
  BriefState,
  CaseBrief,
  CaseDecision,
  CaseDocument,
  CaseEvent,
  CaseNotification,
  CaseState,
  CaseStrand,
  CitedMember,
  CitedRecord,
  ConsultationAnswer,
  ConsultationStance,
  DowngradeEvent,
  DowngradeState,
  EnrolmentState,
  FeedbackEvent,
  FeedbackState,
  HandedDown,
  IdentityReleaseEvent,
  IdentityReleaseState,
  InfoRequest,
  KeptValue,
  LadderStep,
  Motion,
  MessageText,
  MotionOutcome,
  NoticeCorrection,
  NoticeDraft,
  NoticeIssue,
  NoticeKind,
  NoticeText,
  NotifiedPerson,
  PeriodEvent,
  PeriodState,
  PinnedAssessment,
  ProtectedAccountEvent,
  PublicNotice,
  RatedPoint,
  RatingLevel,
  ReleasableText,
  ReleaseBasis,
  RfiAnswer,
  RfiEvent,
  RfiState,
  SeatRating,
  SeatVote,
  Signature,
  SitrepContribution,
  SitrepDelta,
  SitrepEvent,
  SitrepPortion,
  SitrepSeriesEvent,
  SitrepSeriesState,
  SitrepStanding,
  SitrepState,
  SitrepStatus,
  TargetMessageEvent,
  TargetNoticeEvent,
  TargetNoticeState,
  TearlineDraft,
  TearlineEvent,
  TearlineState,
  Usefulness,
  Vote,
} from './generated/protocol.ts';

// Schemas
export { loadSchemaSet, toSelfContained } from './schema-set.ts';
export type { AvroField, AvroObject, AvroSchema, RecordSchema } from './schema-set.ts';
export { incompatibilities } from './schema-compatibility.ts';
export type { EarlierVersion } from './schema-compatibility.ts';
export { differenceOf, isSameRecord } from './schema-difference.ts';
export type { AnnotationChange, FieldChange, FieldPresence, SchemaDifference } from './schema-difference.ts';
export { resolvedFaults, SCHEMA_FAULTS, schemaFault, schemaFaults, sharedPartFaults } from './schema-rules.ts';
export type { SchemaFault, SchemaFaultCode } from './schema-rules.ts';
export { knownVersions, loadKeptVersions } from './schema-versions.ts';
export type { KnownVersion } from './schema-versions.ts';

// Codec, registry, lock
export { createCodec, schemaIdOf } from './avro-codec.ts';
export type { Codec, Decoded, DecodedEnvelope, PartialDecoder } from './avro-codec.ts';
export type { TrustedEncoder } from './trusted-encoder.ts';
export type { TrustedForm } from './trusted-form.ts';
export { toPointer } from './fault.ts';
export type { Fault } from './fault.ts';
export {
  loadSchemaLock,
  newestFeaturesOf,
  newestOf,
  parseSchemaLock,
  renderSchemaLock,
  toSchemaLock,
} from './schema-lock.ts';
export type { LockedSchema, SchemaLock } from './schema-lock.ts';
export { createConfluentRegistry } from './schema-registry.ts';
export type { RegistryOptions, SchemaRegistry } from './schema-registry.ts';

// Features and marking on the wire
export { FEATURE_KINDS, featuresIn } from './features/annotations.ts';
export type { FeatureAnnotation, FeatureKind } from './features/annotations.ts';
export { featuresOf } from './features/extract.ts';
export type { ContextFeature, Extracted, Feature } from './features/extract.ts';
export { PlainFeature } from './features/plain-feature.ts';
export {
  isDottedDecimal,
  MAX_TEXT_CHARS,
  MAX_VALUE_CHARS,
  normalise,
  normaliseOrExplain,
  refang,
} from './features/normalise.ts';
export type { ContextCause, Normalised, UrlHost } from './features/normalise.ts';
export { fromWire, toWire } from './marking-wire.ts';
export { sourceTokenOf } from './source-token.ts';
export { isSigned, signatureKeyOf, signStatement, statementSigner } from './signature.ts';
export { isNoticeSigned, noticeStatement, noticeVerifierKey, signNotice, NOTICE_SIGNER } from './notice-signature.ts';
export type { SignableNotice } from './notice-signature.ts';

// Checks
export { checkObservation } from './check-observation.ts';
export type { CheckContext } from './observation-checks/envelope.ts';
export { OBSERVATION_FAULTS } from './observation-checks/faults.ts';
export type { ObservationFault } from './observation-checks/faults.ts';
export { isOverMarked } from './observation-checks/marking.ts';

// Record key and headers
export {
  CLOUD_EVENT_HEADERS,
  agencySource,
  observationHeaders,
  toCloudEventHeaders,
  viewSource,
} from './cloud-events.ts';
export type { CloudEventParts } from './cloud-events.ts';
export { IMPORT_FORMATS, isImportFormat } from './import-formats.ts';
export type { ImportFormat } from './import-formats.ts';
export { isJsonObject } from './json-object.ts';
export type { JsonObject } from './json-object.ts';
export { idInKey, recordKey } from './record-key.ts';

// Publishing (the bus on Kafka is loaded only by who connects to Kafka)
export { createProducer } from './producer.ts';
export type { KafkaConnect, Producer, ProducerOptions, Published } from './producer.ts';
export type { Draft } from './draft.ts';
export { partitionOf } from './key-partition.ts';
