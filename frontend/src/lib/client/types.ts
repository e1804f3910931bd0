/** Short names of the API's schemas; the only module that uses the generated names. */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Account = Schemas["Account"];
export type Member = Schemas["Member"];
export type MemberCreate = Schemas["MemberCreate"];
export type MemberRole = Schemas["MemberRole"];
export type Token = Schemas["Token"];
export type TokenCreate = Schemas["TokenCreate"];
export type UserSession = Schemas["UserSession"];
export type Dataset = Schemas["Dataset"];
export type Ingest = Schemas["Ingest"];
export type Changes = Schemas["Changes"];
export type OnExisting = Ingest["on_existing"];
export type Preview = Schemas["Preview"];
export type ReadingConfig = Schemas["ReadingConfig"];
export type Sample = Schemas["Sample"];
export type VerifiedSet = Schemas["VerifiedSet"];
export type VerifiedClass = Schemas["ClassCount"];
export type UploadOutcome = Schemas["UploadOutcome"];
export type VerificationCreate = Schemas["VerificationCreate"];
export type JobCreate = Schemas["JobCreate"];
export type Method = Schemas["Job"]["config"]["method"];
export type PretrainedNetwork = Schemas["PretrainedNetwork"];
export type Candidate = Schemas["Candidate"];
export type EpochReport = Schemas["EpochReport"];
export type JobSummary = Schemas["JobSummary"];
export type ClassFigures = Schemas["NamedClassFigures"];
export type Interval = Schemas["Interval"];
export type ScoreHistogram = Schemas["Histogram"];
export type Result = Schemas["Result"];
export type ResultColumns = Schemas["ResultColumns"];
export type IssueKind = Schemas["IssueKind"];
export type IssueCounts = Schemas["api__issues__schemas__IssueCounts"];
export type IssueColumns = Schemas["IssueColumns"];
export type DuplicateGroup = Schemas["DuplicateGroup"];
export type SimilarList = Schemas["SimilarList"];
export type SimilarSample = Schemas["SimilarSample"];
export type ReliabilityBin = Schemas["ReliabilityBin"];
export type TopErrors = Schemas["TopErrors"];
export type AutoAcceptState = Schemas["AutoAcceptState"];
export type AcceptancePolicy = Schemas["AcceptancePolicy"];
export type AcceptanceKind = AcceptancePolicy["kind"];
export type AutoAcceptPreview = Schemas["AutoAcceptPreview"];
export type ReviewProgress = Schemas["ReviewProgress"];
export type Comparison = Schemas["Comparison"];
export type JobFigures = Schemas["JobFigures"];
export type ResultDetail = Schemas["ResultDetail"];
export type LeaseRequest = Schemas["LeaseRequest"];
export type ServedSample = Schemas["ServedSample"];
export type QueueCounts = Schemas["QueueCounts"];
export type TrailItem = Schemas["TrailItem"];
export type Upload = Schemas["Upload"];
export type Export = Schemas["Export"];
export type ExportCreate = Schemas["ExportCreate"];
export type ExportFormat = Schemas["ExportFormat"];
export type ExportPart = Schemas["ExportPart"];
export type LeaveOut = Schemas["LeaveOut"];
export type WorkStatus = Schemas["WorkStatus"];
export type Verdict = Exclude<Schemas["Verdict"], "withdrawn">;

export type DatasetChange = Schemas["DatasetChange"];
export type ProblemConflict = Schemas["ProblemConflict"];
export type ProblemSetting = Schemas["ProblemSetting"];
export type BulkWithdrawal = Schemas["BulkWithdrawal"];
export type BatchItem = Schemas["BatchItem"];
export type Agreement = Schemas["Agreement"];
export type ReviewerFigures = Schemas["ReviewerFigures"];

/** The UI only shows the method of a job's settings. */
export type Job = Omit<Schemas["Job"], "config"> & { config: { method: Method } };

/** State common to ingests, jobs and exports. */
export type Work = Pick<
  Job,
  | "status"
  | "progress_done"
  | "progress_total"
  | "progress_note"
  | "progress_rate"
  | "error"
  | "cancel_requested"
>;
export type User = Schemas["User"];
export type UserChange = Schemas["UserChange"];
export type Invitation = Schemas["Invitation"];
export type Share = Schemas["Share"];
export type SavedView = Schemas["SavedView"];
export type SavedViewCreate = Schemas["SavedViewCreate"];
export type ShareFilter = Schemas["ShareFilter"];
export type SharesCreate = Schemas["SharesCreate"];
export type SourceState = Schemas["SourceState"];
export type Source = Schemas["Source"];
export type SourceCheck = Schemas["SourceCheck"];
export type SourceCreate = Schemas["SourceCreate"];
export type ImageDelivery = Source["delivery"];
export type Differences = Schemas["Differences"];
export type EventType = Schemas["EventType"];
export type Webhook = Schemas["Webhook"];
export type WebhookCreate = Schemas["WebhookCreate"];
export type WebhookChange = Schemas["WebhookChange"];
export type Delivery = Schemas["Delivery"];
export type Version = Schemas["Version"];
export type VersionCreate = Schemas["VersionCreate"];
export type VersionComparison = Schemas["VersionComparison"];
export type ComparisonSummary = Schemas["ComparisonSummary"];
export type Difference = Schemas["Difference"];
export type DifferenceKind = Schemas["DifferenceKind"];
export type DatasetClass = Schemas["Class"];
export type ClassCreate = Schemas["ClassCreate"];
export type ClassProposal = Schemas["ClassProposal"];
export type ProposalDecision = Schemas["ProposalDecision"];
export type ClassChange = Schemas["ClassChange"];
export type DatasetDataChange = Schemas["Change"];
export type RemovedImage = Schemas["RemovedImage"];
