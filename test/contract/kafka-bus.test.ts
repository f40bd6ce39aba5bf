import { createKafkaBus } from '@sitebus/sdk/kafka';
import { busContract } from './bus-contract.ts';
import { kafkaUnderTest } from './kafka-under-test.ts';

busContract('Kafka through kafkajs', () => kafkaUnderTest(createKafkaBus));
