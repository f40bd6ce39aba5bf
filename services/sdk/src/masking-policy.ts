// What policy says of masked values: whose values nobody is shown without asking for them.
// Holds: the shape equals schemas/policy/schema/masking.json; nothing here decides. Source: README.md#policy

/** Values that are shown only to who asks for them with a reason. */
export interface MaskingPolicy {
  /** Fields of observations, of whatever type. */
  readonly fields: readonly string[];
  /** Kinds of features, for the same values in links. */
  readonly kinds: readonly string[];
}
