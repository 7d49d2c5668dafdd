-- A person's payments, for Stripe to forget them.
CREATE INDEX events_payment_person ON events (((convert_from(state, 'UTF8')::jsonb #>> '{data,person_id}')::bigint))
    WHERE topic = 'payment.requested';
