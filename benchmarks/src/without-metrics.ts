import { createNoopMeter } from '@opentelemetry/api'
import { MeterProvider } from '@opentelemetry/sdk-metrics'

// Loaded before a process that is to count nothing, as if its telemetry had no metrics at all; for comparison only.
MeterProvider.prototype.getMeter = createNoopMeter
