// The research project `paper-boats` on what everybody may read: nothing leaves before its embargo has ended.

import type { Acts } from './act.ts';

const by = 'rosalind-quist';
const view = 'public';
const set = '/v1/research/datasets/{{paper-boats-set}}';

export const RESEARCH: Acts = [
  { id: 'paper-boats.project', at: 'D-36T17:00Z', by, view, post: '/v1/research/projects', keeps: 'paper-boats', answers: 201,
    body: { title: { en: 'Paper boats', fr: 'Bateaux de papier' }, window: { from: '{{D-36T17:00Z}}', to: '{{D+45T00:00Z}}' }, embargoUntil: '{{D+60T00:00Z}}', ethicsRef: 'REB 2031-17' } },
  { id: 'paper-boats.agreement', at: 'D-36T17:10Z', by, view, post: '/v1/research/agreements', answers: 201,
    body: { project: '{{paper-boats}}', documentSha256: '5a'.repeat(32), with: 'Harbour University', allowsText: false } },
  { id: 'paper-boats.dataset', at: 'D-36T17:20Z', by, view, post: '/v1/research/datasets', keeps: 'paper-boats-set', answers: 201,
    body: { project: '{{paper-boats}}', title: 'What everybody could see', types: ['StateMediaPost', 'VotingInterference', 'InfluenceActivity', 'AdDisclosure', 'AdFinding', 'ForeignArrangement', 'StateMediaAccount', 'TrackedIncident'], columns: ['type', 'origin'] } },
  { id: 'paper-boats.collect', at: 'D-36T17:30Z', by, view, post: `${set}/collect`, body: {} },
  { id: 'paper-boats.freeze', at: 'D+2T12:00Z', by, view, post: `${set}/freeze`, body: {} },
  { id: 'paper-boats.dry-run', at: 'D+2T12:10Z', by, view, post: `${set}/export`, body: { format: 'csv', dryRun: true } },
  { id: 'paper-boats.export', at: 'D+2T12:20Z', by, view, post: `${set}/export`, answers: 403, body: { format: 'csv' } },
]; // prettier-ignore
