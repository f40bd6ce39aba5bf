import { jest } from '@jest/globals';
import { createThreadedKafkaBus } from '@sitebus/sdk/kafka';
import { busContract } from './bus-contract.ts';
import { kafkaUnderTest } from './kafka-under-test.ts';

jest.setTimeout(60_000);

busContract('Kafka through kafkajs in a thread', () => kafkaUnderTest(createThreadedKafkaBus));
