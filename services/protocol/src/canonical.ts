// Canonical JSON, which lives in kit.
export { canonicalHash, canonicalText } from '@sitebus/kit';
