import { jest } from '@jest/globals';
import { createKafkaBus } from '@sitebus/sdk/kafka';
import { busContract } from './bus-contract.ts';
import { kafkaUnderTest } from './kafka-under-test.ts';

jest.setTimeout(60_000);

busContract('Kafka through kafkajs', () => kafkaUnderTest(createKafkaBus));
