// The settings of this service as a process: those of every agency, and none of its own.

export { loadAgencyConfig as loadGacConfig } from '@sitebus/imports';
