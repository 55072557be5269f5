namespace FuelSessions.Tests.Hosting;

public class CollectionPaceTests
{
    [Fact]
    public void A_store_that_is_slow_is_given_smaller_batches_down_to_the_fewest()
    {
        var pace = new CollectionPace();
        int first = pace.Batch;

        pace.Took(TimeSpan.FromMilliseconds(30));
        Assert.Equal(first / 2, pace.Batch);

        for (int i = 0; i < 20; i++)
        {
            pace.Took(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(CollectionPace.Fewest, pace.Batch);
    }

    [Fact]
    public void A_store_that_is_fast_is_given_larger_batches_up_to_the_most()
    {
        var pace = new CollectionPace();
        int first = pace.Batch;

        pace.Took(TimeSpan.FromMilliseconds(1));
        Assert.Equal(2 * first, pace.Batch);

        for (int i = 0; i < 20; i++)
        {
            pace.Took(TimeSpan.Zero);
        }

        Assert.Equal(CollectionPace.Most, pace.Batch);
    }

    [Fact]
    public void A_batch_that_takes_about_as_long_as_it_may_stays_as_it_is()
    {
        var pace = new CollectionPace();
        int first = pace.Batch;

        pace.Took(TimeSpan.FromMilliseconds(4));

        Assert.Equal(first, pace.Batch);
    }
}
