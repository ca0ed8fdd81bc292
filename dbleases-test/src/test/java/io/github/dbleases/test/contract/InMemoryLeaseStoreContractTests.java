package io.github.dbleases.test.contract;

class InMemoryLeaseStoreContractTests extends DatabaseStoreContract {

    InMemoryLeaseStoreContractTests() {
        super(InMemoryStoreUnderTest::new);
    }
}
